import { setTimeout as sleep } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import type { DatabaseConfig } from '../app/config.js'
import { isTransient } from '../app/database/transient.js'

/**
 * Makes the database and the account that the replicas use, which may read and write rows and nothing more.
 * Where the account already works, nothing is touched, so a database made by its operator needs no administrator here.
 * @param timeout how long to wait for a server that is starting, in seconds
 */
export async function provision(admin: DatabaseConfig, account: DatabaseConfig, timeout: number): Promise<void> {
  if (await works(account, timeout)) return
  const connection = await mysql.createConnection({ ...admin, database: '' })
  try {
    const database = mysql.escapeId(account.database)
    await connection.query(
      `CREATE DATABASE IF NOT EXISTS ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`,
    )
    await connection.query(`CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ?`, [account.user, account.password])
    await connection.query(`ALTER USER ?@'%' IDENTIFIED BY ?`, [account.user, account.password])
    await connection.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${database}.* TO ?@'%'`, [account.user])
  } finally {
    await connection.end()
  }
}

/** Whether the account reaches its database; false when the server refuses it, after waiting for the server to answer. */
async function works(account: DatabaseConfig, timeout: number): Promise<boolean> {
  const deadline = Date.now() + timeout * 1000
  for (;;) {
    try {
      const connection = await mysql.createConnection(account)
      await connection.end()
      return true
    } catch (error) {
      if (!isTransient(error)) return false
      if (Date.now() > deadline) throw error
      await sleep(250)
    }
  }
}
