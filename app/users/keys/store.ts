import type { Connection, Statement } from '../../database/connection.js'

/** A key that encrypts what the database keeps secret, wrapped by a master key. */
export interface DataKeyRow {
  id: number
  masterKey: string
  wrapped: Buffer
}

/** A key that signs, its private part encrypted. */
export interface SigningKeyRow {
  kid: string
  publicKey: Buffer
  privateKey: Buffer
  dataKeyId: number
  createdAt: Date
  signsAt: Date
  /** Whether it signs by now, by the server's clock. */
  signs: 0 | 1
}

/** What is published and deleted when, in seconds. */
export const keyTimes = {
  /** How long a new key is published before it signs, so that all who verify have it by then. */
  publishedBefore: 60,
  /** How long a key stays after its successor began to sign: its last token lives for ten minutes. */
  keptAfter: 900,
}

const dataKeyColumns = 'id, master_key AS masterKey, wrapped'

export function findNewestDataKey(connection: Connection): Promise<DataKeyRow | undefined> {
  return connection.first(`SELECT ${dataKeyColumns} FROM data_keys ORDER BY id DESC LIMIT 1`)
}

export function findDataKey(connection: Connection, id: number): Promise<DataKeyRow | undefined> {
  return connection.first(`SELECT ${dataKeyColumns} FROM data_keys WHERE id = ?`, [id])
}

export async function insertDataKey(connection: Connection, masterKey: string, wrapped: Buffer): Promise<number> {
  const sql = 'INSERT INTO data_keys (master_key, wrapped, created_at) VALUES (?, ?, UTC_TIMESTAMP(3))'
  return (await connection.change(sql, [masterKey, wrapped])).insertId
}

/** Those that another master key wrapped. */
export function findDataKeysNotOf(connection: Connection, masterKey: string): Promise<DataKeyRow[]> {
  return connection.rows(`SELECT ${dataKeyColumns} FROM data_keys WHERE master_key <> ? ORDER BY id`, [masterKey])
}

/** @param from the master key that wrapped it before: of two commands at the same time, one does */
export async function updateDataKey(
  connection: Connection,
  { id, masterKey, wrapped }: DataKeyRow,
  from: string,
): Promise<void> {
  const sql = 'UPDATE data_keys SET master_key = ?, wrapped = ? WHERE id = ? AND master_key = ?'
  await connection.change(sql, [masterKey, wrapped, id, from])
}

/** All that there are, the one that signs last before the others. */
export function findSigningKeys(connection: Connection): Promise<SigningKeyRow[]> {
  return connection.rows(
    `SELECT kid, public_key AS publicKey, private_key AS privateKey, data_key_id AS dataKeyId,
       created_at AS createdAt, signs_at AS signsAt, signs_at <= UTC_TIMESTAMP(3) AS signs
     FROM signing_keys ORDER BY signs_at DESC, kid`,
  )
}

type NewSigningKey = Pick<SigningKeyRow, 'kid' | 'publicKey' | 'privateKey' | 'dataKeyId'>

/** The statement that adds a key. The first one signs at once, because nobody can have a token of another. */
export function insertSigningKey({ kid, publicKey, privateKey, dataKeyId }: NewSigningKey): Statement {
  return {
    sql: `INSERT INTO signing_keys (kid, public_key, private_key, data_key_id, created_at, signs_at)
      SELECT ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL IF(COUNT(*) = 0, 0, ?) SECOND FROM signing_keys
      ON DUPLICATE KEY UPDATE kid = signing_keys.kid`,
    values: [kid, publicKey, privateKey, dataKeyId, keyTimes.publishedBefore],
  }
}

/** Deletes keys, private parts and all, whose last token is over. @returns how many */
export async function deleteOldKeys(connection: Connection, most: number): Promise<number> {
  const { affectedRows } = await connection.change(
    `DELETE FROM signing_keys WHERE signs_at < (
       SELECT signs_at FROM (
         SELECT MAX(signs_at) AS signs_at FROM signing_keys WHERE signs_at <= UTC_TIMESTAMP(3) - INTERVAL ? SECOND
       ) AS successor) LIMIT ?`,
    [keyTimes.keptAfter, most],
  )
  return affectedRows
}
