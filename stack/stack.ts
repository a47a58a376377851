import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig, settingNames } from '../app/config.js'
import { urlOf } from './address.js'
import { keepRotating, makeLogFolders } from './logs.js'
import { type Mariadb, startMariadb } from './mariadb.js'
import { migrate } from './migrator.js'
import { startNginx } from './nginx.js'
import { choosePorts, portIsFree } from './ports.js'
import { runs, type Service } from './processes.js'
import { removeStackRecord, writeStackRecord } from './record.js'
import { startReplicas } from './replicas.js'
import { makeSecrets } from './secrets.js'

interface StackOptions {
  /** Holds the data, the secrets, the logs, and what is written at each start. */
  folder: string
  address: string
  port: number
  /** Called at each step. */
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
  /** The databases and their accounts, as environment variables of the replicas and the migrator. */
  environment: NodeJS.ProcessEnv
  stop(): Promise<void>
}

/**
 * Starts the whole system on this machine: database, migrator, three replicas, nginx, each when the one before is ready.
 * @throws {Error} with what to do, after stopping what it had started
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { folder, address, port, say, proxy = {} } = options
  makeLogFolders(folder)
  refuseSecond(folder)
  await portIsFree('PORT', address, port)
  if (proxy.TLS_CERTIFICATE) await portIsFree('TLS_PORT', address, Number(proxy.TLS_PORT))
  writeFileSync(pidFile(folder), String(process.pid))

  const started: Array<() => Promise<void>> = [async () => rmSync(pidFile(folder), { force: true })]
  const stop = async () => {
    // One that fails must not leave the others running.
    for (const each of started.splice(0).reverse()) await each().catch((error) => say(error.message))
  }
  try {
    say('starting the database')
    const ports = await choosePorts()
    started.push(async () => ports.release())
    const secrets = makeSecrets(folder)
    const database = await startMariadb(folder, ports.database, readFileSync(secrets.admin_password, 'utf8'))
    started.push(() => database.stop('SIGTERM'))

    say('bringing both databases up to date')
    const settings = databaseSettings(ports.database, secrets)
    const environment = replicaEnvironment({ ...process.env, ...options.environment }, settings)
    readConfig(environment) // a wrong setting is better reported here than in three replicas' logs
    await migrate(settings)

    say('starting three replicas')
    const replicas = await startReplicas(folder, ports.replicas, environment, say)
    started.push(replicas.stop)

    say('starting nginx')
    const nginx = await startNginx(folder, { address, port, replicaPorts: ports.replicas, settings: proxy })
    started.push(() => nginx.stop('SIGQUIT'))
    const stopRotating = keepRotating(folder, say)
    started.push(async () => stopRotating())
    const url = proxy.TLS_CERTIFICATE ? urlOf('https', address, Number(proxy.TLS_PORT)) : urlOf('http', address, port)
    writeStackRecord(folder, { pid: process.pid, url, settings })
    started.push(async () => removeStackRecord(folder))
    return { url, database, nginx, replicas: replicas.services, environment: { ...environment, ...settings }, stop }
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

/** What a replica may know of its settings and the operator's environment; not where an administrator's secret is. */
function replicaEnvironment(given: NodeJS.ProcessEnv, settings: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = pick(settingNames.replica, settings)
  const free = settingNames.replica.filter((name) => !(name in own) && !(`${name}_FILE` in own))
  return { ...pick(free, given), ...own }
}

/** The settings with these names, given as values or as files. */
function pick(names: string[], environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const forms = names.flatMap((name) => [name, `${name}_FILE`])
  return Object.fromEntries(forms.map((name) => [name, environment[name]]).filter(([, value]) => value))
}

function databaseSettings(port: number, files: ReturnType<typeof makeSecrets>): NodeJS.ProcessEnv {
  const server = `127.0.0.1:${port}`
  return {
    APP_SECRET_FILE: files.app_secret,
    MASTER_KEY_FILE: files.master_key,
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
