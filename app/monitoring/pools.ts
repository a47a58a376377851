import type { Databases } from '../database/database.js'

/** Connections of one pool: in use, idle, and the most there may be; and how much work waits for one. */
export type PoolUse = ReturnType<Databases['users']['use']>

/** How the pools of the two databases are used at this moment. Asks no server. */
export function poolsOf({ users, products }: Databases): Record<keyof Databases, PoolUse> {
  return { users: users.use(), products: products.use() }
}
