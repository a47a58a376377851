import type { Context } from 'koa'
import * as z from 'zod'
import { NotFound, Outdated } from '../../errors.js'
import type { Parts } from '../../parts.js'
import {
  type Product,
  pageSizes,
  parseCatalogueQuery,
  parseProductDraft,
  parseProductPatch,
  productDraft,
  productPatch,
  sorts,
} from '../../products/product.js'
import { kinds, movementDraft, parseJournalQuery, parseMovementDraft } from '../../products/stock/movement.js'
import type { Entry } from '../../products/stock/store.js'
import { PreconditionFailed } from '../errors.js'
import { fieldsOf, idOf, writeOf } from '../forms.js'
import type { Operation } from './operation.js'
import { apiPrefix } from './paths.js'
import { bearerOf, versionIn } from './request.js'

const product = z
  .object({
    ...{ id: z.int(), version: z.int(), name: z.string(), code: z.string(), description: z.string() },
    ...{ category: z.string(), units: z.int(), minimum: z.int(), archived: z.boolean() },
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Product' })

const movement = z
  .object({
    ...{ id: z.int(), productId: z.int(), number: z.int(), kind: z.enum(kinds) },
    units: z.int().meta({ description: 'That came; less than 0 where they went' }),
    balance: z.int().meta({ description: 'The product’s units after it' }),
    ...{ reason: z.string(), note: z.string(), undoes: z.int().nullable(), movedBy: z.int().nullable() },
    movedAt: z.iso.datetime(),
  })
  .meta({ id: 'Movement' })

const next = z.string().nullable().meta({ description: 'The address of what comes after it, or null' })

const productPage = z.object({ products: z.array(product), total: z.int(), next })
const movementPage = z.object({ movements: z.array(movement), next })

/** As the list's page understands them; what cannot be understood counts as not asked. */
const listQuery = z.object({
  q: z.string().max(100).optional().meta({ description: 'Words to find' }),
  category: z.string().max(60).optional(),
  ...{ stock: z.literal('low').optional(), archived: z.literal('1').optional(), mine: z.literal('1').optional() },
  ...{ sort: z.enum(sorts).optional(), dir: z.literal('desc').optional() },
  size: z.enum(pageSizes.map(String)).optional(),
  after: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .meta({ description: 'The cursor: the number of the product before' }),
})

const journalQuery = z.object({
  before: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
})

/** What a program does with products: what the pages can, by the same rules. */
export function productOperations({ catalogue, archive, stock }: Parts): Operation[] {
  return [
    {
      ...{ method: 'get', path: '/products', summary: 'Find products', access: 'products.read' },
      ...{ query: listQuery, status: 200, answer: productPage },
      async handle(ctx) {
        // What the pages call "before" is the product that comes before the page.
        const asked = parseCatalogueQuery({ ...ctx.query, page: '1', before: ctx.query.after, after: undefined })
        const list = await catalogue.browse(bearerOf(ctx).user, asked, ctx.state.deadline)
        const last = list.products.at(-1)
        ctx.body = {
          products: list.products.map(productOf),
          total: list.total,
          next: last && list.products.length === asked.size ? addressOf(ctx, { after: last.id }) : null,
        } satisfies z.infer<typeof productPage>
      },
    },
    {
      ...{ method: 'post', path: '/products', summary: 'Add a product', access: 'products.write' },
      ...{ body: productDraft, status: 201, answer: product, refusals: [409] },
      async handle(ctx) {
        const { user } = bearerOf(ctx)
        const id = await catalogue.add(user, parseProductDraft(fieldsOf(ctx)), writeOf(ctx, `user ${user.id}`))
        ctx.set('Location', `${apiPrefix}/products/${id}`)
        await answerWithProduct(ctx, id, 201)
      },
    },
    {
      ...{ method: 'get', path: '/products/:id', summary: 'Read a product', access: 'products.read' },
      ...{ status: 200, answer: product },
      handle: (ctx) => answerWithProduct(ctx, idOf(ctx), 200),
    },
    {
      ...{ method: 'patch', path: '/products/:id', summary: 'Change a product', access: 'products.write' },
      ...{ body: productPatch, ifMatch: true, status: 200, answer: product, refusals: [409] },
      async handle(ctx) {
        const [{ user }, id, version] = [bearerOf(ctx), idOf(ctx), versionIn(ctx)]
        const write = writeOf(ctx, `user ${user.id}`)
        await orPreconditionFailed(catalogue.patch(user, { id, version }, parseProductPatch(fieldsOf(ctx)), write))
        await answerWithProduct(ctx, id, 200)
      },
    },
    {
      ...{ method: 'delete', path: '/products/:id', summary: 'Delete an archived product for good', ifMatch: true },
      ...{ access: 'products.delete', status: 204, refusals: [409] },
      async handle(ctx) {
        const { user } = bearerOf(ctx)
        await orPreconditionFailed(archive.delete(user, idOf(ctx), versionIn(ctx), writeOf(ctx, `user ${user.id}`)))
        ctx.status = 204
      },
    },
    {
      ...{ method: 'post', path: '/products/:id/archive', summary: 'Put a product out of use' },
      ...{ access: 'products.write', status: 200, answer: product },
      async handle(ctx) {
        const { user } = bearerOf(ctx)
        await archive.archive(user, idOf(ctx), writeOf(ctx, `user ${user.id}`))
        await answerWithProduct(ctx, idOf(ctx), 200)
      },
    },
    {
      ...{ method: 'post', path: '/products/:id/restore', summary: 'Put a product back into use' },
      ...{ access: 'products.write', status: 200, answer: product },
      async handle(ctx) {
        const { user } = bearerOf(ctx)
        await archive.restore(user, idOf(ctx), writeOf(ctx, `user ${user.id}`))
        await answerWithProduct(ctx, idOf(ctx), 200)
      },
    },
    {
      ...{ method: 'get', path: '/products/:id/movements', summary: 'What moved, the latest first' },
      ...{ access: 'products.read', query: journalQuery, status: 200, answer: movementPage },
      async handle(ctx) {
        const id = idOf(ctx)
        if (!(await catalogue.find(id, ctx.state.deadline))) throw new NotFound()
        const query = parseJournalQuery({ before: ctx.query.before, product: String(id) })
        const { entries, older } = await stock.journal(query, ctx.state.deadline)
        const last = entries.at(-1)
        ctx.body = {
          movements: entries.map(movementOf),
          next: older && last ? addressOf(ctx, { before: last.id }) : null,
        } satisfies z.infer<typeof movementPage>
      },
    },
    {
      ...{ method: 'post', path: '/products/:id/movements', summary: 'Move units in or out, or count them' },
      ...{ access: 'stock.move', body: movementDraft, status: 201, answer: product, refusals: [409] },
      async handle(ctx) {
        const [{ user }, productId, draft] = [bearerOf(ctx), idOf(ctx), parseMovementDraft(fieldsOf(ctx))]
        await stock.move(user, { productId, seen: undefined }, draft, writeOf(ctx, `user ${user.id}`))
        await answerWithProduct(ctx, productId, 201)
      },
    },
    {
      ...{ method: 'post', path: '/movements/:id/undo', summary: 'Undo a movement, by another' },
      ...{ access: 'stock.move', status: 201, answer: product, refusals: [409] },
      async handle(ctx) {
        const { user } = bearerOf(ctx)
        const { productId } = await stock.undo(user, idOf(ctx), writeOf(ctx, `user ${user.id}`))
        await answerWithProduct(ctx, productId, 201)
      },
    },
    {
      ...{ method: 'get', path: '/categories', summary: 'The names of the categories', access: 'products.read' },
      ...{ status: 200, answer: z.object({ categories: z.array(z.string()) }) },
      async handle(ctx) {
        ctx.body = { categories: await catalogue.categories(ctx.state.deadline) }
      },
    },
  ]

  /** As it is by now. */
  async function answerWithProduct(ctx: Context, id: number, status: number) {
    const found = await catalogue.find(id, ctx.state.deadline)
    if (!found) throw new NotFound()
    ctx.set('ETag', `"${found.version}"`)
    ctx.status = status
    ctx.body = productOf(found)
  }
}

function productOf({ id, version, name, code, description, category, units, minimum, archived, createdAt }: Product) {
  const numbers = { units, minimum, archived: archived === 1 }
  const made = { id, version, name, code, description, category, ...numbers, createdAt: createdAt.toISOString() }
  return made satisfies z.infer<typeof product>
}

function movementOf({ id, productId, number, kind, units, balance, reason, note, undoes, movedBy, movedAt }: Entry) {
  const texts = { reason, note }
  const made = {
    id,
    productId,
    number,
    kind,
    units,
    balance,
    ...texts,
    undoes,
    movedBy,
    movedAt: movedAt.toISOString(),
  }
  return made satisfies z.infer<typeof movement>
}

async function orPreconditionFailed(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    throw error instanceof Outdated ? new PreconditionFailed() : error
  }
}

/** The address that was asked for, with another cursor. */
function addressOf(ctx: Context, cursor: Record<string, number>): string {
  const query = new URLSearchParams(ctx.querystring)
  for (const [name, value] of Object.entries(cursor)) query.set(name, String(value))
  return `${ctx.path}?${query}`
}
