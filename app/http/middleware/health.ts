import type { Middleware } from 'koa'
import { type Databases, pingDatabases } from '../../databases.js'
import type { Lifecycle } from '../../middleware/drain.js'

/**
 * /livez: this process answers; it asks no database, so that a database's fault gets no replica restarted.
 * /readyz: both databases answer, and the replica is not leaving.
 */
export function health(databases: Databases, lifecycle: Lifecycle): Middleware {
  return async (ctx, next) => {
    if (ctx.path === '/livez') {
      ctx.body = 'ok\n'
    } else if (ctx.path === '/readyz') {
      const problem = lifecycle.draining ? 'draining' : await databaseProblem(databases)
      ctx.status = problem ? 503 : 200
      ctx.body = `${problem ?? 'ready'}\n`
    } else {
      await next()
    }
  }
}

async function databaseProblem(databases: Databases): Promise<string | undefined> {
  try {
    await pingDatabases(databases)
    return undefined
  } catch {
    return 'a database does not answer'
  }
}
