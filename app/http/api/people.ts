import type { Context } from 'koa'
import * as z from 'zod'
import { parse } from '../../input/schemas.js'
import type { Parts } from '../../parts.js'
import { type Person, parsePeopleQuery } from '../../users/person.js'
import { fieldsOf, idOf, writeOf } from '../forms.js'
import type { Operation } from './operation.js'
import { bearerOf } from './request.js'

const person = z
  .object({
    ...{ id: z.int(), firstName: z.string(), lastName: z.string(), email: z.string(), disabled: z.boolean() },
    role: z.object({ id: z.int(), name: z.string() }),
    sessions: z.int().meta({ description: 'How many have not ended' }),
    seenAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Person' })

const page = z.object({ users: z.array(person), next: z.string().nullable() })

const listQuery = z.object({
  q: z.string().max(100).optional().meta({ description: 'Part of a name or address' }),
  after: z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .optional(),
})

const change = z.object({
  role: z.int({ error: 'people.problem.chooseRole' }).min(1, { error: 'people.problem.chooseRole' }).optional(),
  disabled: z
    .boolean({ error: 'problem.garbled' })
    .optional()
    .meta({ description: 'Kept out, and all sessions ended' }),
})

/** Other people's accounts. */
export function peopleOperations({ management }: Parts): Operation[] {
  return [
    {
      ...{ method: 'get', path: '/users', summary: 'Find people, the newest first', access: 'users.read' },
      ...{ query: listQuery, status: 200, answer: page },
      async handle(ctx) {
        const { people, more } = await management.page(parsePeopleQuery(ctx.query), ctx.state.deadline)
        const query = new URLSearchParams(ctx.querystring)
        query.set('after', String(people.at(-1)?.id))
        const next = more ? `${ctx.path}?${query}` : null
        ctx.body = { users: people.map(shown), next } satisfies z.infer<typeof page>
      },
    },
    {
      ...{ method: 'get', path: '/users/:id', summary: 'Read a person', access: 'users.read' },
      ...{ status: 200, answer: person },
      handle: answerWithPerson,
    },
    {
      ...{ method: 'patch', path: '/users/:id', summary: 'Give a role, keep out or let in', access: 'users.manage' },
      ...{ body: change, status: 200, answer: person, refusals: [409] },
      async handle(ctx) {
        const [{ user }, id, { role, disabled }] = [bearerOf(ctx), idOf(ctx), parse(change, fieldsOf(ctx))]
        const write = writeOf(ctx, `user ${user.id}`)
        // Two writes, each of which is done once with the request's key.
        if (role !== undefined) {
          await management.giveRole(user, id, { role, from: undefined }, { ...write, route: `${write.route} role` })
        }
        if (disabled !== undefined) await management[disabled ? 'disable' : 'enable'](user, id, write)
        await answerWithPerson(ctx)
      },
    },
    {
      ...{ method: 'delete', path: '/users/:id', summary: 'Delete an account', access: 'users.manage' },
      ...{ status: 204, refusals: [409] },
      async handle(ctx) {
        const { user } = bearerOf(ctx)
        await management.delete(user, idOf(ctx), writeOf(ctx, `user ${user.id}`))
        ctx.status = 204
      },
    },
  ]

  async function answerWithPerson(ctx: Context) {
    ctx.body = shown(await management.find(idOf(ctx), ctx.state.deadline))
  }
}

function shown({ id, firstName, lastName, email, disabled, role, sessions, seenAt }: Person) {
  const names = { firstName, lastName, email, disabled: disabled === 1, role: { id: role.id, name: role.name } }
  return { id, ...names, sessions, seenAt: seenAt?.toISOString() ?? null } satisfies z.infer<typeof person>
}
