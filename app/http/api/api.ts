import cors from '@koa/cors'
import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import compose from 'koa-compose'
import type { Parts } from '../../parts.js'
import { upload } from '../uploads.js'
import { authOperations } from './auth.js'
import { clusterOperations } from './cluster.js'
import { documentOf } from './document.js'
import { importOperations } from './imports.js'
import type { Operation } from './operation.js'
import { apiPrefix, isOfApi } from './paths.js'
import { peopleOperations } from './people.js'
import { productOperations } from './products.js'
import { authenticated, jsonBody } from './request.js'
import { roleOperations } from './roles.js'

/** All that programs can ask for. */
export function operationsOf(parts: Parts): Operation[] {
  return [
    ...authOperations(parts),
    ...productOperations(parts),
    ...importOperations(parts),
    ...peopleOperations(parts),
    ...roleOperations(parts),
    ...clusterOperations(parts),
  ]
}

/**
 * The JSON API. Cookies do not count there, so no other site acts for anybody, and the pages' check of origins is not needed.
 * @param origins of the sites whose scripts may read it
 */
export function api(parts: Parts, origins: string[]): Middleware {
  const operations = operationsOf(parts)
  const routes = new Router({ prefix: apiPrefix, sensitive: true, strict: true })
  for (const { method, path, access, body, takesFile, handle } of operations) {
    const parse = body ? [jsonBody] : takesFile ? [upload()] : []
    routes[method](path, authenticated(access, parts), ...parse, handle)
  }
  const document = JSON.stringify(documentOf(operations, parts.version))
  routes.get('/openapi.json', (ctx) => {
    ctx.type = 'json'
    ctx.set('Cache-Control', 'no-cache')
    ctx.body = document
  })
  const handle = compose([
    ...[allowOrigins(origins), noStore],
    ...([routes.routes(), routes.allowedMethods()] as Middleware[]),
  ])
  return (ctx, next) => (isOfApi(ctx) ? handle(ctx, nothing) : next())
}

/** The keys by which others verify access tokens: RFC 7517. */
export function publishedKeys({ keys }: Parts): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== '/.well-known/jwks.json' || ctx.method !== 'GET') return next()
    ctx.body = await keys.signingKeys.published(ctx.state.deadline)
    ctx.set('Cache-Control', 'public, max-age=30') // less than a key is published before it signs
  }
}

/** What no route answers is not for the pages either. */
async function nothing() {}

const noStore: Middleware = (ctx, next) => {
  ctx.set('Cache-Control', 'no-store')
  return next()
}

function allowOrigins(origins: string[]): Middleware {
  const allowed = new Set(origins)
  return cors({
    origin: (ctx: Context) => (allowed.has(ctx.get('Origin')) ? ctx.get('Origin') : ''),
    allowHeaders: ['Authorization', 'Content-Type', 'If-Match', 'Idempotency-Key', 'Accept-Language'],
    exposeHeaders: ['ETag', 'Location', 'Retry-After', 'X-Request-ID'],
    maxAge: 600,
  }) as Middleware
}
