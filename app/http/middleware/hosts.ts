import type { Middleware } from 'koa'
import { UnknownHost } from '../errors.js'

/** Serves the names of a list and no other. @param names without ports; none means any. @throws {UnknownHost} */
export function hosts(names: string[]): Middleware {
  const served = new Set(names)
  return (ctx, next) => {
    if (served.size > 0 && !served.has(ctx.hostname.toLowerCase())) throw new UnknownHost()
    return next()
  }
}
