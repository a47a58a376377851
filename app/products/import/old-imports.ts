import type { Connection } from '../../database/connection.js'
import { working } from './import.js'
import { deleteRows } from './row-store.js'
import { listed } from './store.js'

/** How long a file can be applied or undone, in days. */
const retention = 30

/** Deletes some of what there is of an import past its time, which nobody finds any more by then. @returns how many rows */
export async function deleteOldImports(connection: Connection, most: number): Promise<number> {
  await connection.change(
    `UPDATE imports SET state = 'expired' WHERE changed_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY
       AND state NOT IN (${listed(working)}, 'expired')`,
    [retention],
  )
  const old = await connection.first<{ id: number }>("SELECT id FROM imports WHERE state = 'expired' LIMIT 1", [])
  if (!old) return 0
  const rows = await deleteRows(connection, old.id, most)
  if (rows > 0) return most
  await connection.change('DELETE FROM import_chunks WHERE import_id = ?', [old.id])
  await connection.change('DELETE FROM imports WHERE id = ?', [old.id])
  return most
}
