import type { Knex } from 'knex'
import type { Databases } from '../databases.js'

/** Connections of one pool: those that are used, those that wait for work, and the requests that wait for one. */
export interface PoolUse {
  used: number
  free: number
  waiting: number
  size: number
}

/** How the pools of the two databases are used at this moment. Asks no server. */
export function poolsOf(databases: Databases): Record<keyof Databases, PoolUse> {
  return { users: useOf(databases.users), products: useOf(databases.products) }
}

function useOf(database: Knex): PoolUse {
  const { pool } = database.client
  return { used: pool.numUsed(), free: pool.numFree(), waiting: pool.numPendingAcquires(), size: pool.max }
}
