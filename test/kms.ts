import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A service that speaks as much of the protocol of AWS KMS (JSON 1.1) as a master key needs. */
export interface Kms {
  endpoint: string
  /** What it was asked: Encrypt, Decrypt. */
  asked: string[]
  stop(): Promise<void>
}

interface Asked {
  KeyId: string
  Plaintext?: string
  CiphertextBlob?: string
  EncryptionContext: Record<string, string>
}

/** @param keyId of the one key that it has */
export async function startKms(keyId: string): Promise<Kms> {
  const key = randomBytes(32)
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const [, operation = ''] = String(request.headers['x-amz-target']).split('.')
    asked.push(operation)
    const body = (await json(request)) as Asked
    const answer = /^AWS4-HMAC-SHA256 Credential=/.test(String(request.headers.authorization)) && body.KeyId === keyId
    const made = answer ? attempt(operation, body) : undefined
    response.writeHead(made ? 200 : 400, { 'Content-Type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(made ?? { __type: 'InvalidCiphertextException', message: 'no' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    asked,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  function attempt(operation: string, body: Asked) {
    try {
      return operation === 'Encrypt' ? encrypt(body) : decrypt(body)
    } catch {
      return undefined
    }
  }

  function encrypt({ Plaintext = '', EncryptionContext }: Asked) {
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(JSON.stringify(EncryptionContext)))
    const ciphertext = Buffer.concat([cipher.update(Buffer.from(Plaintext, 'base64')), cipher.final()])
    const blob = Buffer.concat([iv, cipher.getAuthTag(), ciphertext])
    return { KeyId: keyId, CiphertextBlob: blob.toString('base64') }
  }

  function decrypt({ CiphertextBlob = '', EncryptionContext }: Asked) {
    const blob = Buffer.from(CiphertextBlob, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(0, 12))
    decipher.setAAD(Buffer.from(JSON.stringify(EncryptionContext))).setAuthTag(blob.subarray(12, 28))
    const plaintext = Buffer.concat([decipher.update(blob.subarray(28)), decipher.final()])
    return { KeyId: keyId, Plaintext: plaintext.toString('base64') }
  }
}
