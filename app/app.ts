import Koa from 'koa'
import helmet from 'koa-helmet'
import type { Cluster } from './cluster/cluster.js'
import { health } from './cluster/health.js'
import { measure, metricsPage } from './cluster/metrics.js'
import type { Databases } from './databases.js'
import { assets } from './http/middleware/assets.js'
import type { Log } from './log.js'
import { leaveAbandoned } from './middleware/abandoned.js'
import { address } from './middleware/address.js'
import { closeWhileDraining, type Lifecycle, refuseWhileDraining } from './middleware/drain.js'
import { errors } from './middleware/errors.js'
import { locale } from './middleware/locale.js'
import { origin } from './middleware/origin.js'
import { pages } from './middleware/pages.js'
import { request } from './middleware/request.js'
import { session } from './middleware/session.js'
import { openRoutes, pageRoutes } from './pages/routes.js'
import type { Catalogue } from './products/catalogue.js'
import type { Accounts } from './users/accounts.js'
import type { Views } from './views.js'

/** What a replica is made of. */
export interface Parts {
  replica: string
  secret: string
  log: Log
  databases: Databases
  accounts: Accounts
  catalogue: Catalogue
  cluster: Cluster
  views: Views
  lifecycle: Lifecycle
}

/** The whole way of a request, in order. Opens nothing and listens nowhere. */
export function createApp(parts: Parts): Koa {
  const { replica, log, databases, cluster, views, lifecycle } = parts
  const app = new Koa()
  // Only nginx reaches a replica, and it overwrites the forwarded headers; the last address is the one it saw.
  app.proxy = true
  app.maxIpsCount = 1

  const open = openRoutes()
  const routes = pageRoutes(parts)
  app.on('error', logUnanswered(log))
  app.use(health(databases, lifecycle)) // before the log, which a question a second would fill
  app.use(metricsPage(cluster.metrics)) // as little does a reading of the figures count
  app.use(measure(cluster.metrics, cluster.figures, lifecycle)) // how much is answered here, and how fast
  app.use(request(log, replica)) // request id, replica's name, access log
  app.use(closeWhileDraining(lifecycle))
  app.use(securityHeaders()) // on every answer, errors too
  app.use(assets()) // of this build, for another version's nginx
  app.use(locale) // ctx.state.locale
  app.use(pages(replica, views)) // ctx.page()
  app.use(errors(log)) // whatever is thrown below becomes a page
  app.use(refuseWhileDraining(lifecycle)) // before anything is executed
  app.use(leaveAbandoned) // likewise
  app.use(address) // %-encoding
  app.use(origin) // other sites' forms
  app.use(open.routes()) // what works without a database
  app.use(open.allowedMethods())
  app.use(session(app, databases.users, log)) // ctx.state.user
  app.use(routes.routes())
  app.use(routes.allowedMethods()) // 405 and 501
  return app
}

/** What happens after the answer has begun. A live page that is closed breaks its stream off, as it should. */
function logUnanswered(log: Log) {
  return (error: Error & { code?: string }) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') log.error({ err: error })
  }
}

/** nginx sends the same ones with its own answers: nginx/own-answers.conf. */
function securityHeaders() {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // The style sheet's icons are data: addresses.
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // The product is served over plain HTTP; what terminates TLS in front of it decides about HSTS.
    strictTransportSecurity: false,
  })
}
