import type { Context, Middleware } from 'koa'
import type { Metrics } from '../../monitoring/metrics.js'

/** GET /metrics, for Prometheus inside the network; nginx lets nobody else ask. */
export function metricsPage({ registry }: Metrics): Middleware {
  return (ctx, next) => (ctx.path === '/metrics' ? show(ctx) : next())

  async function show(ctx: Context) {
    ctx.body = await registry.metrics()
    ctx.set('Content-Type', registry.contentType)
  }
}
