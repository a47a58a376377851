import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose'
import type { Database } from '../../database/database.js'
import type { Deadline } from '../../database/deadline.js'
import type { DataKeys } from './data-keys.js'
import * as store from './store.js'

/** A key with which a token is signed (Ed25519, RFC 8032). */
export interface Signer {
  kid: string
  privateKey: KeyObject
}

/** The keys that sign tokens, shared by all replicas. */
export type SigningKeys = ReturnType<typeof createSigningKeys>

interface Key extends store.SigningKeyRow {
  verifier: KeyObject
}

/** How long a replica goes by the keys that it read, in milliseconds: less than a new one is published before it signs. */
const freshFor = 10_000

/** How often it looks for a key that it does not know, at most: anybody can name one. */
const lookedForEvery = 1_000

export function createSigningKeys(database: Database, dataKeys: DataKeys) {
  const list = database.share(store.findSigningKeys)
  const signers = new Map<string, KeyObject>()
  let read: { at: number; keys: Key[] } = { at: Number.NEGATIVE_INFINITY, keys: [] }

  return {
    /**
     * The key that signs what is issued at a time: the same one, whichever replica asks. Whoever needs the first one makes it.
     * @param time by the database's clock
     */
    async signerAt(time: Date, deadline: Deadline): Promise<Signer> {
      let keys = await readWithin(freshFor, deadline)
      if (!keys.some(({ signs }) => signs)) {
        await add(deadline)
        keys = await readWithin(0, deadline)
      }
      const key = keys.find(({ signsAt }) => signsAt <= time) ?? (keys.at(-1) as Key)
      return { kid: key.kid, privateKey: await open(key, deadline) }
    },

    /** The key by which a token may be verified, or undefined where there is none of that name. */
    async verifierOf(kid: string, deadline: Deadline): Promise<KeyObject | undefined> {
      const find = (keys: Key[]) => keys.find((key) => key.kid === kid)?.verifier
      return find(await readWithin(freshFor, deadline)) ?? find(await readWithin(lookedForEvery, deadline))
    },

    /** The public parts of all keys, those that will sign among them. Source: RFC 7517, RFC 8037. */
    async published(deadline: Deadline): Promise<{ keys: JWK[] }> {
      const keys = await readWithin(freshFor, deadline)
      const jwks = keys.map(async ({ kid, verifier }) => ({
        ...(await exportJWK(verifier)),
        kid,
        use: 'sig',
        alg: 'EdDSA',
      }))
      return { keys: await Promise.all(jwks) }
    },

    /** Adds a key, which signs as soon as everybody may have it. */
    add,

    /** All that there are, the one that signs last before the others. */
    list,
  }

  /** @param maxAge in milliseconds */
  async function readWithin(maxAge: number, deadline: Deadline): Promise<Key[]> {
    const at = performance.now()
    if (read.keys.length === 0 || at - read.at >= maxAge) {
      const rows = await list(deadline)
      read = { at, keys: rows.map((row) => ({ ...row, verifier: createPublicKey({ key: row.publicKey, ...spki }) })) }
    }
    return read.keys
  }

  async function add(deadline: Deadline): Promise<void> {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const kid = await calculateJwkThumbprint(await exportJWK(publicKey))
    const sealed = await dataKeys.seal(privateKey.export(pkcs8), contextOf(kid), deadline)
    const { dataKeyId, bytes } = sealed
    const key = store.insertSigningKey({ kid, publicKey: publicKey.export(spki), privateKey: bytes, dataKeyId })
    await database.run(deadline, (connection) => connection.transact(key))
  }

  async function open({ kid, privateKey, dataKeyId }: Key, deadline: Deadline): Promise<KeyObject> {
    const known = signers.get(kid)
    if (known) return known
    const key = await dataKeys.open({ dataKeyId, bytes: privateKey }, contextOf(kid), deadline)
    const opened = createPrivateKey({ key, ...pkcs8 })
    signers.set(kid, opened)
    return opened
  }
}

const spki = { format: 'der', type: 'spki' } as const
const pkcs8 = { format: 'der', type: 'pkcs8' } as const

/** What a private key is encrypted as: one that is copied into another's row opens nothing. */
function contextOf(kid: string): string {
  return `signing key ${kid}`
}
