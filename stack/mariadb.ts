import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { asAccount, own } from './accounts.js'
import { keepRunning, launch, run, runs, type Service, waitUntil } from './processes.js'

const server = '/usr/sbin/mariadbd'

/** Where the database listens, and the account that may do everything on it. */
export interface Mariadb extends Service {
  port: number
}

/**
 * Starts a private MariaDB on the loopback address, with its data in `folder`/mariadb, as an unprivileged user.
 * @throws {Error} with what to do where the data folder is not a database's, or is in use
 */
export async function startMariadb(folder: string, port: number, adminPassword: string): Promise<Mariadb> {
  const data = join(folder, 'mariadb')
  const log = join(folder, 'logs/mariadb.log')
  const temporary = join(folder, 'mariadb.tmp')
  await prepareData(data)
  await previousHasEnded(data)
  makeAnew(temporary)
  writeOwned(join(data, 'accounts.sql'), adminAccount(adminPassword))
  const command = [
    ...asAccount('mysql', [data, temporary]),
    server,
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${temporary}`, // the machine's own is everybody's, and may be small
    '--init-file=accounts.sql',
    '--pid-file=mariadb.pid',
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    '--socket=',
    '--skip-name-resolve',
    '--max-connections=500', // a replica takes 22, or more with DATABASE_POOL_SIZE
    '--innodb-buffer-pool-size=512M', // taken as the data grows; the default holds some 150,000 products
    '--innodb-autoinc-lock-mode=2', // as MySQL has it: an import that adds products keeps nobody else from adding some
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_520_ci',
  ]
  const service = keepRunning(() => launch(command, log))
  try {
    await waitUntil(`the database does not answer; see ${log}`, 60, () => answers(port, adminPassword))
  } catch (error) {
    await service.stop('SIGTERM')
    throw error
  }
  return Object.defineProperty(service as Mariadb, 'port', { value: port })
}

/** The data folder is made beside its place and moved there when it is whole, so a half-made one is never used. */
async function prepareData(data: string) {
  if (existsSync(join(data, 'mysql'))) return
  if (existsSync(data) && readdirSync(data).length > 0) {
    throw new Error(
      `${data} is there but holds no database. Nothing was changed in it.\n` +
        'Move it away to start with an empty database, or put a backup in its place.',
    )
  }
  const unfinished = `${data}.unfinished`
  makeAnew(unfinished)
  await run([
    ...asAccount('mysql', [unfinished]),
    '/usr/bin/mariadb-install-db',
    '--no-defaults',
    `--datadir=${unfinished}`,
    '--auth-root-authentication-method=socket',
    '--skip-test-db',
  ])
  rmSync(data, { recursive: true, force: true })
  renameSync(unfinished, data)
}

/** A server whose stack was killed may still be closing its files. */
async function previousHasEnded(data: string) {
  const file = join(data, 'mariadb.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8'))
  await waitUntil(`another MariaDB (process ${pid}) still uses ${data}`, 20, () => !runs(pid, 'mariadbd'))
}

/** Run at each start, before anyone can connect: the root account answers no network, this one does. */
function adminAccount(password: string): string {
  const account = `'bodega_admin'@'127.0.0.1'`
  const secret = mysql.escape(password)
  return [
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY ${secret};`,
    `ALTER USER ${account} IDENTIFIED BY ${secret};`,
    `GRANT ALL PRIVILEGES ON *.* TO ${account} WITH GRANT OPTION;`,
    '',
  ].join('\n')
}

async function answers(port: number, password: string): Promise<boolean> {
  try {
    const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'bodega_admin', password })
    await connection.end()
    return true
  } catch {
    return false
  }
}

/** An empty folder of the database's own. */
function makeAnew(folder: string) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 })
  own(folder, 'mysql')
}

function writeOwned(file: string, contents: string) {
  writeFileSync(file, contents, { mode: 0o600 })
  own(file, 'mysql')
}
