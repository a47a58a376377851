import type { Database } from '../../database/database.js'
import { createDataKeys, type DataKeys } from './data-keys.js'
import { type KmsSettings, kmsMasterKey } from './kms-master-key.js'
import { localMasterKey, type MasterKey } from './master-key.js'
import { createSigningKeys, type SigningKeys } from './signing-keys.js'

/** The key ring: what encrypts the secrets of the database, and what signs tokens. */
export interface Keys {
  dataKeys: DataKeys
  signingKeys: SigningKeys
}

/** Where the master key is: one at least. */
export interface MasterKeySettings {
  /** A text that it is made from. */
  local: string | undefined
  kms: KmsSettings | undefined
}

/** @param settings of which a key in KMS wraps, where there is one, and the local one opens what it wrapped before */
export function createKeys(database: Database, { local, kms }: MasterKeySettings): Keys {
  const masterKeys = [...(kms ? [kmsMasterKey(kms)] : []), ...(local ? [localMasterKey(local)] : [])]
  const dataKeys = createDataKeys(database, masterKeys as [MasterKey, ...MasterKey[]])
  return { dataKeys, signingKeys: createSigningKeys(database, dataKeys) }
}
