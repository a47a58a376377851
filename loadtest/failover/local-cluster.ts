import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../app/config.js'
import type { StackRecord } from '../../stack/record.js'
import { readRecords, recordOf, stateOf } from '../../stack/replicas.js'
import { query } from '../query.js'
import type { Cluster } from './cluster.js'

/** The system that `npm start` runs in a folder, by what it keeps there. */
export function localCluster(folder: string, { url, settings }: StackRecord): Cluster {
  return {
    url,
    async replicas() {
      return readRecords(folder).map(({ name }) => name)
    },
    async signal(replica, signal) {
      const { pid } = recordOf(folder, replica)
      if (pid !== null) process.kill(pid, signal)
    },
    async isReady(replica) {
      return (await stateOf(recordOf(folder, replica))) === 'ready'
    },
    async signalDatabase(signal) {
      process.kill(pidIn(join(folder, 'mariadb/mariadb.pid')), signal)
    },
    async reloadProxy() {
      process.kill(pidIn(join(folder, 'nginx/run/nginx.pid')), 'SIGHUP')
    },
    async query(database, sql) {
      const rows = await query(readConfig(settings)[database], sql)
      return rows.map((row) => row.map(String))
    },
  }
}

function pidIn(file: string): number {
  return Number(readFileSync(file, 'utf8'))
}
