import { readFileSync } from 'node:fs'
import type { Middleware } from 'koa'
import { build } from '../../root.js'

const folder = '/static/'

/**
 * Serves the assets of this build from memory. nginx has those of its own build; it asks here, one replica after the
 * other, for those of another version's pages, and compresses what it gets.
 */
export function assets(): Middleware {
  const bodies = new Map(Object.values(readAssets()).map((name) => [folder + name, readAsset(name)]))
  return (ctx, next) => {
    if (!ctx.path.startsWith(folder)) return next()
    const body = bodies.get(ctx.path)
    if (!body) return // 404: the next replica may have it
    ctx.remove('Vary') // the same in all languages
    ctx.set('Cache-Control', 'public, max-age=31536000, immutable')
    ctx.body = body
    ctx.type = ctx.path.slice(ctx.path.lastIndexOf('.'))
  }
}

/** The content-hashed file name of each asset, written by the build. */
export function readAssets(): Record<string, string> {
  return JSON.parse(readFileSync(new URL('assets.json', build), 'utf8'))
}

function readAsset(name: string): Buffer {
  return readFileSync(new URL(`public/${name}`, build))
}
