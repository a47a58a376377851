import type { KMSClient } from '@aws-sdk/client-kms'
import type { MasterKey } from './master-key.js'

/** A key in AWS KMS, and how its service is reached. */
export interface KmsSettings {
  /** Its number, ARN or alias. */
  keyId: string
  region: string
  /** Where not Amazon's own for the region. */
  endpoint: string | undefined
  /** Those of the environment or of the machine, where none are given. */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined
}

/** Without it, the service says no to whoever has its ciphertext and another use for it. */
const EncryptionContext = { purpose: 'bodega data key' }

/** How long one try may take, in milliseconds: two and a pause are below a request's deadline. */
const requestTimeout = 3_000

/** A master key that never leaves AWS KMS. The client is loaded when it is first needed: most systems need none. */
export function kmsMasterKey({ keyId, region, endpoint, credentials }: KmsSettings): MasterKey {
  const loadKms = () => import('@aws-sdk/client-kms')
  let client: Promise<KMSClient> | undefined

  return {
    name: `kms ${keyId}`,

    async wrap(dataKey, deadline) {
      const { EncryptCommand } = await loadKms()
      const command = new EncryptCommand({ KeyId: keyId, Plaintext: dataKey, EncryptionContext })
      const { CiphertextBlob } = await deadline.bound(async () => (await connected()).send(command))
      return Buffer.from(CiphertextBlob as Uint8Array)
    },

    async unwrap(wrapped, deadline) {
      const { DecryptCommand } = await loadKms()
      const command = new DecryptCommand({ KeyId: keyId, CiphertextBlob: wrapped, EncryptionContext })
      const { Plaintext } = await deadline.bound(async () => (await connected()).send(command))
      return Buffer.from(Plaintext as Uint8Array)
    },
  }

  function connected(): Promise<KMSClient> {
    client ??= loadKms().then(({ KMSClient }) => {
      const reached = { region, ...(endpoint && { endpoint }), ...(credentials && { credentials }) }
      return new KMSClient({ ...reached, maxAttempts: 2, requestHandler: { requestTimeout, connectionTimeout: 1_000 } })
    })
    return client
  }
}
