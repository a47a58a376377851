import { randomBytes } from 'node:crypto'
import type { Database } from '../../database/database.js'
import type { Deadline } from '../../database/deadline.js'
import type { MasterKey } from './master-key.js'
import { open, seal } from './sealing.js'
import * as store from './store.js'

/** What is stored of a secret: its ciphertext, and which data key opens it. */
export interface Sealed {
  dataKeyId: number
  bytes: Buffer
}

/** Envelope encryption: what is secret is encrypted by data keys, and those by a master key that is in no database. */
export type DataKeys = ReturnType<typeof createDataKeys>

/** @param masterKeys of which the first wraps, and the others unwrap what they wrapped before it */
export function createDataKeys(database: Database, masterKeys: [MasterKey, ...MasterKey[]]) {
  const [current] = masterKeys
  // Few, and never another for a number.
  const known = new Map<number, Buffer>()

  return {
    /** Encrypts by the newest data key; whoever comes first makes it. @param context what the secret belongs to */
    async seal(secret: Buffer, context: string, deadline: Deadline): Promise<Sealed> {
      const newest = await database.run(deadline, store.findNewestDataKey)
      const dataKeyId = newest?.id ?? (await add(deadline))
      return { dataKeyId, bytes: seal(await keyOf(dataKeyId, deadline), secret, context) }
    },

    /** @throws {Error} with another context, or where another master key wrapped the data key */
    async open({ dataKeyId, bytes }: Sealed, context: string, deadline: Deadline): Promise<Buffer> {
      return open(await keyOf(dataKeyId, deadline), bytes, context)
    },

    /** Adds a data key, by which is encrypted from now on. */
    add,

    /** Wraps by the first master key what others wrapped, so that these may go. @returns how many data keys */
    async rewrap(deadline: Deadline): Promise<number> {
      const others = await database.run(deadline, (connection) => store.findDataKeysNotOf(connection, current.name))
      for (const { id, masterKey } of others) {
        const wrapped = await current.wrap(await keyOf(id, deadline), deadline)
        const sealed = { id, masterKey: current.name, wrapped }
        await database.run(deadline, (connection) => store.updateDataKey(connection, sealed, masterKey))
      }
      return others.length
    },
  }

  async function add(deadline: Deadline): Promise<number> {
    const wrapped = await current.wrap(randomBytes(32), deadline)
    return database.run(deadline, (connection) => store.insertDataKey(connection, current.name, wrapped))
  }

  async function keyOf(id: number, deadline: Deadline): Promise<Buffer> {
    const key = known.get(id) ?? (await unwrap(id, deadline))
    known.set(id, key)
    return key
  }

  async function unwrap(id: number, deadline: Deadline): Promise<Buffer> {
    const row = await database.run(deadline, (connection) => store.findDataKey(connection, id))
    if (!row) throw new Error(`there is no data key ${id}`)
    const masterKey = masterKeys.find(({ name }) => name === row.masterKey)
    if (!masterKey)
      throw new Error(`data key ${id} was wrapped by ${row.masterKey}, and the master key is ${current.name}`)
    return masterKey.unwrap(row.wrapped, deadline)
  }
}
