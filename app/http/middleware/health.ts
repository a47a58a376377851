import type { Context, Middleware } from 'koa'
import type { Databases } from '../../database/database.js'
import { Deadline } from '../../database/deadline.js'
import type { Lifecycle } from '../../lifecycle.js'
import { createReadiness } from '../../monitoring/health.js'

/** How long a health check may take, in milliseconds. */
const timeout = 2_000

/**
 * /livez: this process answers; it asks no database, so that a database's fault gets no replica restarted.
 * /readyz: both databases answer and have the schema that is needed, and the replica is not leaving.
 */
export function health(databases: Databases, lifecycle: Lifecycle): Middleware {
  const problem = createReadiness(databases)
  return (ctx, next) => {
    if (ctx.path === '/livez') return showLive(ctx)
    return ctx.path === '/readyz' ? showReady(ctx) : next()
  }

  function showLive(ctx: Context) {
    ctx.body = 'ok\n'
  }

  async function showReady(ctx: Context) {
    const why = lifecycle.draining ? 'draining' : await Deadline.within(timeout, problem)
    ctx.status = why ? 503 : 200
    ctx.body = `${why ?? 'ready'}\n`
  }
}
