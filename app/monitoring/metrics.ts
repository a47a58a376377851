import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Databases } from '../database/database.js'

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
      for (const [database, pool] of Object.entries(databases)) {
        const { used, free, waiting } = pool.use()
        this.set({ database, state: 'used' }, used)
        this.set({ database, state: 'free' }, free)
        this.set({ database, state: 'waiting' }, waiting)
      }
    },
  })
  const requests = new Counter({
    name: 'bodega_http_requests_total',
    help: 'Requests answered',
    labelNames: ['route', 'method', 'status'],
    registers,
  })
  const durations = new Histogram({
    name: 'bodega_http_request_duration_seconds',
    help: 'Time from the arrival of a request until its answer is ready',
    labelNames: ['route', 'method'],
    buckets,
    registers,
  })
  const inFlight = new Gauge({ name: 'bodega_http_requests_in_flight', help: 'Requests being answered', registers })

  return {
    registry,

    begin() {
      inFlight.inc()
    },

    end(route: string, method: string, status: number, ms: number) {
      inFlight.dec()
      requests.inc({ route, method, status })
      durations.observe({ route, method }, ms / 1000)
    },
  }
}

export type Metrics = ReturnType<typeof createMetrics>
