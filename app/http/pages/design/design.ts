import { readFileSync } from 'node:fs'
import type { Context } from 'koa'
import { root } from '../../../root.js'
import { drawStock } from '../products/stock-line.js'
import * as samples from './samples.js'
import { clusterIn } from './servers.js'

const now = new Date('2026-03-24T09:30:00Z')

/** For contributors: every part of the pages in every state, made from the views themselves; asks no database. */
export async function showDesign(ctx: Context) {
  const { as, section } = ctx.query
  const { product, lowProduct, balances, ...others } = samples
  await ctx.page('design/index', {
    ...others,
    product,
    lowProduct,
    tokens: readTokens(),
    cluster: clusterIn(ctx.state.locale),
    line: drawStock(lowProduct, balances, now),
    latest: balances,
    user: as === 'stranger' ? undefined : samples.person,
    may: () => true,
    lowStock: { count: 1234 },
    section: typeof section === 'string' ? section : undefined,
    here: ctx.url,
  })
}

/** What base.css names, as the checkout has it: colours, and sizes that can be drawn. */
function readTokens() {
  const css = readFileSync(new URL('views/public/base.css', root), 'utf8')
  const all = [...css.matchAll(/^ {2}(--[\w-]+): (.+);$/gm)].map(([, name = '', value = '']) => ({ name, value }))
  const colours = all.filter(({ name, value }) => name.endsWith('color') || /light-dark|^var\(--pico-s/.test(value))
  const sizes = all.filter(({ value }) => value.endsWith('rem'))
  return { colours, sizes: sizes.filter(({ name }, index) => sizes.findIndex((each) => each.name === name) === index) }
}
