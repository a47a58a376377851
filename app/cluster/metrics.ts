import type { Middleware } from 'koa'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Databases } from '../databases.js'
import type { Lifecycle } from '../middleware/drain.js'
import type { Figures } from './figures.js'
import { poolsOf } from './pools.js'

/** The upper ends of the classes that durations are counted in, in seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What Prometheus may know of this replica; each process counts for itself, from its start. */
export function createMetrics(replica: string, databases: Databases) {
  const registry = new Registry()
  registry.setDefaultLabels({ replica })
  collectDefaultMetrics({ register: registry }) // process, memory, garbage collection, event loop lag
  const registers = [registry]
  new Gauge({
    name: 'bodega_database_connections',
    help: 'Connections of the pool of each database, and requests that wait for one',
    labelNames: ['database', 'state'],
    registers,
    collect() {
      for (const [database, { used, free, waiting }] of Object.entries(poolsOf(databases))) {
        this.set({ database, state: 'used' }, used)
        this.set({ database, state: 'free' }, free)
        this.set({ database, state: 'waiting' }, waiting)
      }
    },
  })
  return {
    registry,
    requests: new Counter({
      name: 'bodega_http_requests_total',
      help: 'Requests answered',
      labelNames: ['route', 'method', 'status'],
      registers,
    }),
    durations: new Histogram({
      name: 'bodega_http_request_duration_seconds',
      help: 'Time from the arrival of a request until its answer is ready',
      labelNames: ['route', 'method'],
      buckets,
      registers,
    }),
    inFlight: new Gauge({ name: 'bodega_http_requests_in_flight', help: 'Requests being answered', registers }),
  }
}

export type Metrics = ReturnType<typeof createMetrics>

/** GET /metrics, for Prometheus inside the network; nginx lets nobody else ask. */
export function metricsPage({ registry }: Metrics): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== '/metrics') return next()
    ctx.body = await registry.metrics()
    ctx.set('Content-Type', registry.contentType)
  }
}

/** Counts and times each request, for Prometheus and for the heartbeats; not those that a replica which leaves refuses. */
export function measure(metrics: Metrics, figures: Figures, lifecycle: Lifecycle): Middleware {
  return async (ctx, next) => {
    if (lifecycle.draining) return next()
    const start = performance.now()
    metrics.inFlight.inc()
    figures.begin()
    try {
      await next()
    } finally {
      const ms = performance.now() - start
      // By the pattern of the address: the addresses themselves would be as many series as products.
      const route = typeof ctx._matchedRoute === 'string' ? ctx._matchedRoute : 'none'
      metrics.inFlight.dec()
      metrics.requests.inc({ route, method: ctx.method, status: ctx.status })
      metrics.durations.observe({ route, method: ctx.method }, ms / 1000)
      figures.end(ms, ctx.status)
    }
  }
}
