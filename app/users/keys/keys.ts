import type { Database } from '../../database/database.js'
import { createDataKeys, type DataKeys } from './data-keys.js'
import { localMasterKey } from './master-key.js'
import { createSigningKeys, type SigningKeys } from './signing-keys.js'

/** The key ring: what encrypts the secrets of the database, and what signs tokens. */
export interface Keys {
  dataKeys: DataKeys
  signingKeys: SigningKeys
}

/** @param masterKey the setting */
export function createKeys(database: Database, masterKey: string): Keys {
  const dataKeys = createDataKeys(database, localMasterKey(masterKey))
  return { dataKeys, signingKeys: createSigningKeys(database, dataKeys) }
}
