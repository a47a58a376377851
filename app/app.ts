import Koa from 'koa'
import { api, publishedKeys } from './http/api/api.js'
import { address } from './http/middleware/address.js'
import { assets } from './http/middleware/assets.js'
import { deadline } from './http/middleware/deadline.js'
import { refuseWhileDraining } from './http/middleware/drain.js'
import { errors } from './http/middleware/errors.js'
import { health } from './http/middleware/health.js'
import { hosts } from './http/middleware/hosts.js'
import { keptPages } from './http/middleware/kept.js'
import { locale } from './http/middleware/locale.js'
import { findLowStock } from './http/middleware/low-stock.js'
import { metricsPage } from './http/middleware/metrics.js'
import { origin } from './http/middleware/origin.js'
import { pages } from './http/middleware/pages.js'
import { request } from './http/middleware/request.js'
import { session } from './http/middleware/session.js'
import { openRoutes, pageRoutes } from './http/pages/routes.js'
import type { Log } from './log.js'
import type { Parts } from './parts.js'

/** Everything that happens to a request, in order. Opens nothing and listens nowhere. */
export function createApp(parts: Parts): Koa {
  const { replica, log, databases, accounts, catalogue, cluster, views, lifecycle } = parts
  const app = new Koa()
  // Only nginx reaches a replica, and it overwrites the forwarded headers; the last address is the one it saw.
  app.proxy = true
  app.maxIpsCount = 1

  const open = openRoutes(!views.cached)
  const routes = pageRoutes(parts)
  app.on('error', logUnanswered(log))
  app.use(health(databases, lifecycle)) // before the log, which health checks would flood
  app.use(metricsPage(cluster.metrics)) // so would scrapes
  app.use(request({ replica, log, metrics: cluster.metrics, stats: cluster.stats, lifecycle })) // id, access log, counts
  app.use(locale) // ctx.state.locale
  app.use(pages(views, findLowStock(catalogue), parts.registration === 'open')) // ctx.page()
  app.use(errors(log)) // whatever is thrown below becomes a page
  app.use(assets()) // of this build, for another version's nginx
  app.use(refuseWhileDraining(lifecycle)) // before anything is executed
  app.use(hosts(parts.hosts)) // names that are not served
  if (views.cached) app.use(keptPages()) // the same for every stranger
  app.use(deadline()) // ctx.state.deadline; drops abandoned requests
  app.use(address) // %-encoding, slashes at the end
  app.use(publishedKeys(parts))
  app.use(api(parts, parts.corsOrigins)) // programs, whose cookies do not count
  app.use(origin) // other sites' forms
  app.use(open.routes()) // what works without a database
  app.use(open.allowedMethods())
  app.use(session(app, accounts, log)) // ctx.state.user
  app.use(routes.routes())
  app.use(routes.allowedMethods()) // 405 and 501
  return app
}

/** Errors after the answer has begun. Closing a live page aborts its stream, which is fine. */
function logUnanswered(log: Log) {
  return (error: Error & { code?: string }) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') log.error({ err: error })
  }
}
