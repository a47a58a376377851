import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { createApp } from './app.js'
import { readConfig } from './config.js'
import { Deadline } from './database/deadline.js'
import { housekeeping } from './jobs/housekeeping.js'
import { startJobs } from './jobs/jobs.js'
import { drain } from './lifecycle.js'
import { pingDatabases } from './monitoring/health.js'
import { killWhenHung } from './monitoring/watchdog.js'
import { createParts } from './parts.js'
import { armFailpoints } from './writes/failpoints.js'

/** How long a replica that starts waits for the databases before it listens, in milliseconds. */
const warmUpTimeout = 500

/** Longer than nginx keeps an idle connection (30 s), so that it is never Node that closes one nginx is about to use. */
const keepAliveTimeout = 75_000

/** In bytes: above the 17 KB that nginx takes, to which it adds the host once more and an id. */
const maxHeaderSize = 32_768

/** Runs a replica until a signal ends it. @throws {Error} where its settings are not complete */
export async function serve(): Promise<void> {
  const config = readConfig(process.env)
  armFailpoints(config.failpointFile)
  const parts = await createParts(config)
  const { databases, cluster, log } = parts

  // The first person need not wait for the first connection. Without a database there still are pages to serve.
  await Deadline.within(warmUpTimeout, (deadline) => pingDatabases(databases, deadline)).catch(() => {})

  const server = createServer({ keepAliveTimeout, maxHeaderSize }, createApp(parts).callback())
  server.listen(config.port, config.address, () => {
    cluster.listen()
    if (config.production) killWhenHung(parts.replica, log) // a debugger may halt it
    log.info(`listening on ${config.address}:${config.port}`)
  })
  server.on('error', (error) => {
    log.fatal(error)
    process.exit(1)
  })
  server.on('clientError', refuseUnparsable)
  const jobs = startJobs(config.hasJobs ? housekeeping(databases, parts.replica, parts.sendDueMails) : [], log)

  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, leave)

  async function leave() {
    if (parts.lifecycle.draining) return
    jobs.stop()
    await drain(server, parts)
    process.exit(0)
  }
}

/**
 * Answers what Node's parser refuses and nginx does not: odd bytes, methods that there are not. Such a request has no id
 * here, so nginx is asked for the page (nginx/own-pages.conf).
 */
function refuseUnparsable({ code }: Error & { code?: string }, socket: Duplex) {
  if (!socket.writable) return
  const status = code === 'HPE_INVALID_METHOD' ? '501 Not Implemented' : '400 Bad Request'
  socket.end(`HTTP/1.1 ${status}\r\nX-Accel-Redirect: /refused/${status.slice(0, 3)}\r\nConnection: close\r\n\r\n`)
}
