import type { DatabaseConfig } from '../../app/config.js'
import { query } from '../query.js'

/** What each table of a database takes with its indexes, in bytes, the largest first. */
export async function tableSizes(database: DatabaseConfig): Promise<[table: string, bytes: number][]> {
  const sizes = () => query(database, sql) as Promise<[string, number][]>
  // What is not analysed has the size it had some time ago.
  await query(database, 'ANALYZE TABLE ??', [(await sizes()).map(([table]) => table)])
  return sizes()
}

const sql = `
  SELECT table_name, data_length + index_length AS bytes
  FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY bytes DESC`
