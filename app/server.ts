import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createApp } from './app.js'
import { joinCluster } from './cluster/cluster.js'
import { findReplicaName } from './cluster/replica-name.js'
import { deleteOldHeartbeats } from './cluster/store.js'
import { readConfig } from './config.js'
import { obeyCrashOrders } from './crash-points.js'
import { closeDatabases, openDatabases, pingDatabases } from './databases.js'
import { createLog } from './log.js'
import { sweepKeys } from './once.js'
import { createCatalogue } from './products/catalogue.js'
import { createAccounts } from './users/accounts.js'
import { deleteExpiredSessions } from './users/store.js'
import { createViews } from './views.js'

/**
 * After SIGTERM, in milliseconds: how long new requests are still answered, with "ask another replica", which is how
 * nginx learns of it in order; and how long running ones may take to finish.
 */
const drainLinger = 500
const drainDeadline = 15_000

/** How long a replica that starts waits for the databases before it listens, in milliseconds. */
const connectPatience = 500

/** How often old rows are swept, in milliseconds. */
const sweepInterval = 10 * 60_000

/** Runs a replica until a signal ends it. @throws {Error} where its settings are not complete */
export async function serve(): Promise<void> {
  const config = readConfig(process.env)
  obeyCrashOrders(config.crashOrders)
  const replica = config.replicaName ?? (await findReplicaName())
  const log = createLog(config.logLevel, replica)
  const databases = openDatabases(config)
  const cluster = joinCluster({ replica, database: config.users, databases, log })
  const lifecycle = { draining: false }
  const app = createApp({
    replica,
    secret: config.appSecret,
    log,
    databases,
    accounts: createAccounts(databases.users, config.appSecret),
    catalogue: createCatalogue(databases.products),
    cluster,
    views: createViews(config.production),
    lifecycle,
  })

  // The first person need not wait for the first connection. Without a database there still are pages to serve.
  await Promise.race([pingDatabases(databases).catch(() => {}), sleep(connectPatience)])

  // Above nginx's own: 30 s for an idle connection, so that Node never closes one that nginx is about to use, and 17 KB
  // of headers, to which it adds the host once more and an id.
  const server = createServer({ keepAliveTimeout: 75_000, maxHeaderSize: 32_768 }, app.callback())
  server.listen(config.port, config.address, () => {
    cluster.listen()
    log.info(`listening on ${config.address}:${config.port}`)
  })
  server.on('error', (error) => {
    log.fatal(error)
    process.exit(1)
  })

  const sweeping = setInterval(sweep, sweepInterval)
  // Once soon, too, for replicas that never live as long as that; not all at the same moment.
  setTimeout(sweep, 30_000 + Math.random() * 30_000).unref()

  process.once('SIGTERM', drain)
  process.once('SIGINT', drain)

  async function drain() {
    lifecycle.draining = true
    cluster.drain()
    log.info('draining')
    clearInterval(sweeping)
    await sleep(drainLinger)
    const closed = new Promise((resolve) => server.close(resolve))
    const idle = setInterval(() => server.closeIdleConnections(), 100)
    await Promise.race([closed, sleep(drainDeadline)])
    clearInterval(idle)
    server.closeAllConnections()
    await cluster.leave()
    await closeDatabases(databases)
    log.info('drained')
    process.exit(0)
  }

  async function sweep() {
    const { users, products } = databases
    try {
      await Promise.all([
        sweepKeys(users),
        sweepKeys(products),
        deleteExpiredSessions(users),
        deleteOldHeartbeats(users),
      ])
    } catch (error) {
      log.warn({ err: error }, 'sweeping failed')
    }
  }
}
