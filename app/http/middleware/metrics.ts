import type { Middleware } from 'koa'
import type { Lifecycle } from '../../lifecycle.js'
import type { Metrics } from '../../monitoring/metrics.js'
import type { Stats } from '../../monitoring/stats.js'

/** GET /metrics, for Prometheus inside the network; nginx lets nobody else ask. */
export function metricsPage({ registry }: Metrics): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== '/metrics') return next()
    ctx.body = await registry.metrics()
    ctx.set('Content-Type', registry.contentType)
  }
}

/** Counts and times each request, for Prometheus and for the heartbeats; not those that a replica which leaves refuses. */
export function measure(metrics: Metrics, stats: Stats, lifecycle: Lifecycle): Middleware {
  return async (ctx, next) => {
    if (lifecycle.draining) return next()
    const start = performance.now()
    metrics.inFlight.inc()
    stats.begin()
    try {
      await next()
    } finally {
      const ms = performance.now() - start
      // By the pattern of the address: the addresses themselves would be as many series as products.
      const route = typeof ctx._matchedRoute === 'string' ? ctx._matchedRoute : 'none'
      metrics.inFlight.dec()
      metrics.requests.inc({ route, method: ctx.method, status: ctx.status })
      metrics.durations.observe({ route, method: ctx.method }, ms / 1000)
      stats.end(ms, ctx.status)
    }
  }
}
