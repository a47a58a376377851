import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Cluster } from './cluster.js'

const run = promisify(execFile)

/** The containers of this checkout's compose project. */
export async function dockerCluster(): Promise<Cluster> {
  const address = await docker('compose', 'port', 'proxy', '8080')
  return {
    url: `http://localhost:${address.split(':').pop()}`,
    async replicas() {
      return (await docker('compose', 'ps', '--format', '{{.Name}}', 'app')).split('\n').filter(Boolean)
    },
    async signal(replica, signal) {
      await docker('kill', '--signal', signal, replica)
      if (signal === 'SIGSTOP' || signal === 'SIGCONT') return
      // To Docker a kill is the operator's wish, so the container stays down; this is the operator who wants it back.
      await docker('wait', replica)
      await docker('start', replica)
    },
    async isReady(replica) {
      return (await docker('inspect', '--format', '{{.State.Health.Status}}', replica)) === 'healthy'
    },
    async killDatabase() {
      const container = await docker('compose', 'ps', '--quiet', 'db')
      await docker('kill', container)
      await docker('start', container)
    },
    async reloadProxy() {
      await docker('compose', 'kill', '--signal', 'SIGHUP', 'proxy')
    },
    async query(database, sql) {
      const client = `mysql -uroot -p"$(cat /secrets/admin/mysql_root_password)" --batch --skip-column-names "$0" -e "$1"`
      const rows = await docker('compose', 'exec', '-T', 'db', 'bash', '-c', client, `bodega_${database}`, sql)
      return rows
        .split('\n')
        .filter(Boolean)
        .map((row) => row.split('\t'))
    },
  }
}

async function docker(...command: string[]): Promise<string> {
  const { stdout } = await run('docker', command, { maxBuffer: 64 * 1024 * 1024 })
  return stdout.trim()
}
