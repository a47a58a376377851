import type { Context } from 'koa'
import * as z from 'zod'
import { NotFound } from '../../errors.js'
import { parse } from '../../input/schemas.js'
import type { Parts } from '../../parts.js'
import { type Import, states } from '../../products/import/import.js'
import type { Imports } from '../../products/import/imports.js'
import { verdicts } from '../../products/import/rows.js'
import { fieldsOf, idOf, writeOf } from '../forms.js'
import { exportPages } from '../pages/exports.js'
import { fileIn } from '../uploads.js'
import type { Operation } from './operation.js'
import { apiPrefix } from './paths.js'
import { bearerOf } from './request.js'

const imported = z
  .object({
    ...{ id: z.int(), fileName: z.string(), createdAt: z.iso.datetime() },
    state: z.enum(states).meta({
      description: 'reading, applying and undoing are a job’s; ready, applied and undone wait for what is asked next',
    }),
    progress: z.number().meta({ description: 'In percent' }),
    comparison: z.int().meta({ description: 'Names what it came to, for whoever applies it' }),
    counts: z.record(z.enum(verdicts), z.int()).meta({ description: 'How many rows came to what' }),
  })
  .meta({ id: 'Import' })

const list = z.object({ imports: z.array(imported) })

const seen = z.object({
  comparison: z
    .int({ error: 'problem.garbled' })
    .min(0, { error: 'problem.garbled' })
    .meta({ description: 'That was looked at' }),
})

/** Files in, which jobs read and apply, and files out. */
export function importOperations({ imports, exports, accounts }: Parts): Operation[] {
  const { exportProducts, exportMovements } = exportPages(exports, accounts)
  return [
    {
      ...{ method: 'get', path: '/imports', summary: 'The latest imports', access: 'imports.run' },
      ...{ status: 200, answer: list },
      async handle(ctx) {
        const latest = await imports.latest(ctx.state.deadline)
        ctx.body = { imports: latest.map(shown) } satisfies z.infer<typeof list>
      },
    },
    {
      ...{ method: 'post', path: '/imports', summary: 'Upload a file, to be read and compared', access: 'imports.run' },
      ...{ takesFile: true, status: 201, answer: imported },
      async handle(ctx) {
        const { user } = bearerOf(ctx)
        const id = await imports.upload(user, fileIn(ctx), writeOf(ctx, `user ${user.id}`))
        ctx.set('Location', `${apiPrefix}/imports/${id}`)
        ctx.status = 201
        await answerWithImport(ctx, id)
      },
    },
    {
      ...{ method: 'get', path: '/imports/:id', summary: 'What a file came to', access: 'imports.run' },
      ...{ status: 200, answer: imported },
      handle: (ctx) => answerWithImport(ctx, idOf(ctx)),
    },
    asking('apply', 'Apply a file', imports.apply),
    asking('undo', 'Undo what a file did', imports.undo),
    asking('compare', 'Compare a file with the products anew', imports.compare),
    {
      ...{ method: 'get', path: '/products.csv', summary: 'Products as a file', access: 'products.read' },
      ...{ status: 200, answersFile: true, handle: exportProducts },
    },
    {
      ...{ method: 'get', path: '/movements.csv', summary: 'The journal as a file', access: 'products.read' },
      ...{ status: 200, answersFile: true, handle: exportMovements },
    },
  ]

  function asking(what: string, summary: string, ask: Imports['apply']): Operation {
    return {
      ...{ method: 'post', path: `/imports/:id/${what}`, summary, access: 'imports.run' },
      ...{ body: seen, status: 202, answer: imported, refusals: [409] },
      async handle(ctx) {
        const [{ user }, id, { comparison }] = [bearerOf(ctx), idOf(ctx), parse(seen, fieldsOf(ctx))]
        await ask(user, { id, comparison }, writeOf(ctx, `user ${user.id}`))
        ctx.status = 202
        await answerWithImport(ctx, id)
      },
    }
  }

  async function answerWithImport(ctx: Context, id: number) {
    const found = await imports.find(id, ctx.state.deadline)
    if (!found) throw new NotFound()
    ctx.body = shown(found)
  }
}

function shown({ id, fileName, createdAt, state, progress, comparison, counts }: Import) {
  const made = { id, fileName, createdAt: createdAt.toISOString(), state, progress, comparison, counts }
  return made satisfies z.infer<typeof imported>
}
