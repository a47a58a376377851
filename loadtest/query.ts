import mysql from 'mysql2/promise'
import type { DatabaseConfig } from '../app/config.js'

/** Runs one statement on a connection of its own. @returns its rows, each a list of cells */
export async function query(database: DatabaseConfig, sql: string, values: unknown[] = []): Promise<unknown[][]> {
  const settings = { ...database, rowsAsArray: true, charset: 'utf8mb4_unicode_520_ci', timezone: 'Z' }
  const connection = await mysql.createConnection(settings)
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[][]>(sql, values)
    return rows
  } finally {
    await connection.end()
  }
}
