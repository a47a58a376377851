import { setTimeout as sleep } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import { readMigratorConfig } from '../../app/config.js'
import { waitUntil } from '../../stack/processes.js'
import { stack } from '../system.js'

/** Sees every open transaction of the databases' server. */
export type Transactions = Awaited<ReturnType<typeof watchTransactions>>

/** InnoDB shows a copy that it renews only when nobody has read it for so long, in milliseconds. */
const renewal = 100

export async function watchTransactions() {
  const server = await mysql.createConnection({ ...readMigratorConfig(stack.environment).users.admin, database: '' })
  let reading: Promise<number[]> | undefined

  return {
    /** Waits until the connections from these ports have none open. */
    async none(ports: number[]): Promise<void> {
      await waitUntil('a transaction is open', 10, async () => {
        reading ??= read().finally(() => {
          reading = undefined
        })
        const open = new Set(await reading)
        return !ports.some((port) => open.has(port))
      })
    },

    close: () => server.end(),
  }

  /** The ports of the connections that have one open. */
  async function read(): Promise<number[]> {
    await sleep(2 * renewal)
    const [rows] = await server.query<mysql.RowDataPacket[]>(`
      SELECT CAST(SUBSTRING_INDEX(host, ':', -1) AS UNSIGNED) AS port FROM information_schema.processlist
      WHERE id IN (SELECT trx_mysql_thread_id FROM information_schema.innodb_trx)`)
    return rows.map(({ port }) => Number(port))
  }
}
