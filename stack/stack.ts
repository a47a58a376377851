import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import getPort from 'get-port'
import { readConfig } from '../app/config.js'
import { type Mariadb, startMariadb } from './mariadb.js'
import { startNginx, urlOf } from './nginx.js'
import { run, runs, type Service, waitUntil } from './processes.js'
import { removeStackRecord, writeStackRecord } from './record.js'
import { startReplicas } from './replicas.js'
import { keepSecret } from './secrets.js'

export interface StackOptions {
  /** Holds the data, the secrets, the logs, and what is written at each start. */
  folder: string
  address: string
  port: number
  /** Told of each step. */
  say: (step: string) => void
  /** Settings of the replicas that differ from their defaults. */
  environment?: NodeJS.ProcessEnv
  /** nginx's settings, as .env.example explains them; with a certificate, TLS_PORT too. */
  proxy?: NodeJS.ProcessEnv
}

/** The running system. */
export interface Stack {
  url: string
  database: Mariadb
  nginx: Service
  replicas: Service[]
  /** Where the databases are and with which accounts they are used, as the replicas and the migrator are told. */
  environment: NodeJS.ProcessEnv
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Starts the whole system on this machine: database, migrator, three replicas, nginx, each when the one before is ready.
 * @throws {Error} with what to do, after stopping what it had started
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { folder, address, port, say, proxy = {} } = options
  for (const name of ['logs', 'secrets']) mkdirSync(join(folder, name), { recursive: true })
  refuseSecond(folder)
  await portIsFree('PORT', address, port)
  if (proxy.TLS_CERTIFICATE) await portIsFree('TLS_PORT', address, Number(proxy.TLS_PORT))
  writeFileSync(pidFile(folder), String(process.pid))

  const started: Array<() => Promise<void>> = [async () => rmSync(pidFile(folder))]
  const stop = async () => {
    for (const each of started.splice(0).reverse()) await each()
  }
  try {
    say('starting the database')
    const ports = await choosePorts()
    const secrets = makeSecrets(folder)
    const database = await startMariadb(folder, ports.database, secrets.adminPassword)
    started.push(() => database.stop('SIGTERM'))

    say('bringing both databases up to date')
    const settings = databaseSettings(ports.database, secrets.files)
    const environment = { ...process.env, ...options.environment, ...settings }
    readConfig(environment) // a wrong setting is better told here than in three replicas' logs
    await run([process.execPath, '--enable-source-maps', join(root, 'dist/db/migrate.js')], { env: environment })

    say('starting three replicas')
    const replicas = await startReplicas(root, folder, ports.replicas, environment)
    started.push(async () => {
      await Promise.all(replicas.map((replica) => replica.stop('SIGTERM')))
    })

    say('starting nginx')
    const nginx = await startNginx(root, folder, { address, port, replicaPorts: ports.replicas, settings: proxy })
    started.push(() => nginx.stop('SIGQUIT'))
    const url = urlOf({ port, settings: proxy })
    writeStackRecord(folder, { pid: process.pid, url, settings })
    started.push(async () => removeStackRecord(folder))
    return { url, database, nginx, replicas, environment, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A second stack on the same data would take the first one's files from under it. */
function refuseSecond(folder: string) {
  if (!existsSync(pidFile(folder))) return
  const pid = Number(readFileSync(pidFile(folder), 'utf8'))
  if (pid !== process.pid && runs(pid, 'node')) {
    throw new Error(`Bodega is running already, as process ${pid}. Stop it first, with Ctrl-C where it runs.`)
  }
}

/** @throws {Error} when another program listens there; one that is just ending is waited for */
async function portIsFree(setting: string, address: string, port: number) {
  await waitUntil('', 2, () => canListen(address, port)).catch(() => {
    throw new Error(
      `Port ${port} is in use by another program. Stop that, or choose another port: ${setting}=${port + 1} npm start`,
    )
  })
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** The usual ports where they are free, so that operators find the replicas where they look; else any. */
async function choosePorts() {
  const database = await getPort({ port: 3307, host: '127.0.0.1' })
  const replicas: number[] = []
  for (const port of [3001, 3002, 3003]) {
    replicas.push(await getPort({ port, host: '127.0.0.1', exclude: replicas }))
  }
  return { database, replicas }
}

const secretNames = ['app_secret', 'admin_password', 'users_password', 'products_password'] as const
type SecretFiles = Record<(typeof secretNames)[number], string>

function makeSecrets(folder: string) {
  const files = Object.fromEntries(secretNames.map((name) => [name, join(folder, 'secrets', name)])) as SecretFiles
  for (const file of Object.values(files)) keepSecret(file, undefined, 0o600)
  return { files, adminPassword: readFileSync(files.admin_password, 'utf8') }
}

function databaseSettings(port: number, files: SecretFiles): NodeJS.ProcessEnv {
  const server = `127.0.0.1:${port}`
  return {
    APP_SECRET_FILE: files.app_secret,
    USERS_DATABASE_URL: `mysql://bodega_users@${server}/bodega_users`,
    USERS_DATABASE_PASSWORD_FILE: files.users_password,
    USERS_ADMIN_URL: `mysql://bodega_admin@${server}`,
    USERS_ADMIN_PASSWORD_FILE: files.admin_password,
    PRODUCTS_DATABASE_URL: `mysql://bodega_products@${server}/bodega_products`,
    PRODUCTS_DATABASE_PASSWORD_FILE: files.products_password,
    PRODUCTS_ADMIN_URL: `mysql://bodega_admin@${server}`,
    PRODUCTS_ADMIN_PASSWORD_FILE: files.admin_password,
  }
}

function pidFile(folder: string): string {
  return join(folder, 'stack.pid')
}
