import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const ivLength = 12
const tagLength = 16

/**
 * Encrypts with AES-256-GCM, under a random 96-bit IV: NIST SP 800-38D allows 2^32 of them a key.
 * @param key 256 bits
 * @param context what the ciphertext belongs to; opened as anything else, it is refused
 * @returns IV, tag and ciphertext
 */
export function seal(key: Buffer, plaintext: Buffer, context: string): Buffer {
  const iv = randomBytes(ivLength)
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagLength }).setAAD(Buffer.from(context))
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext])
}

/** Decrypts what {@link seal} made. @throws {Error} with another key or context, or where a bit was changed */
export function open(key: Buffer, sealed: Buffer, context: string): Buffer {
  const iv = sealed.subarray(0, ivLength)
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagLength })
  decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(ivLength, ivLength + tagLength))
  return Buffer.concat([decipher.update(sealed.subarray(ivLength + tagLength)), decipher.final()])
}

/** Makes a key of 256 bits from a secret of any length, for one purpose. */
export function keyFrom(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, 32))
}
