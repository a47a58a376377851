import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Cluster, Signal } from './cluster.js'

const run = promisify(execFile)

/** The containers of this checkout's compose project. */
export async function dockerCluster(): Promise<Cluster> {
  const address = await docker('compose', 'port', 'proxy', '8080')
  return {
    url: `http://localhost:${address.split(':').pop()}`,
    async replicas() {
      return (await docker('compose', 'ps', '--format', '{{.Name}}', 'app')).split('\n').filter(Boolean)
    },
    signal: signalContainer,
    async isReady(replica) {
      return (await docker('inspect', '--format', '{{.State.Health.Status}}', replica)) === 'healthy'
    },
    async signalDatabase(signal) {
      await signalContainer(await docker('compose', 'ps', '--quiet', 'db'), signal)
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

async function signalContainer(container: string, signal: Signal) {
  await docker('kill', '--signal', signal, container)
  if (signal === 'SIGSTOP' || signal === 'SIGCONT') return
  // To Docker a kill is the operator's wish, so the container stays down; this is the operator who wants it back.
  await docker('wait', container)
  await docker('start', container)
}

async function docker(...command: string[]): Promise<string> {
  const { stdout } = await run('docker', command, { maxBuffer: 64 * 1024 * 1024 })
  return stdout.trim()
}
