import type { Context } from 'koa'
import * as z from 'zod'
import { RoleOutdated } from '../../errors.js'
import type { Parts } from '../../parts.js'
import { permissionsOf } from '../../users/role.js'
import { parseRoleOfProgram, roleOfProgram } from '../../users/role-input.js'
import type { StoredRole } from '../../users/role-store.js'
import { PreconditionFailed } from '../errors.js'
import { fieldsOf, idOf, writeOf } from '../forms.js'
import type { Operation } from './operation.js'
import { apiPrefix } from './paths.js'
import { bearerOf, versionIn } from './request.js'

const role = z
  .object({
    ...{ id: z.int(), version: z.int(), name: z.string(), permissions: z.array(z.string()) },
    builtIn: z.boolean().meta({ description: 'There from the start: its name stays, and it is not deleted' }),
  })
  .meta({ id: 'Role' })

const list = z.object({ roles: z.array(role) })

/** The roles, and what each allows. */
export function roleOperations({ roles }: Parts): Operation[] {
  return [
    {
      ...{ method: 'get', path: '/roles', summary: 'All roles', access: 'roles.manage', status: 200, answer: list },
      async handle(ctx) {
        const all = await roles.list(ctx.state.deadline)
        ctx.body = { roles: all.map(shown) } satisfies z.infer<typeof list>
      },
    },
    {
      ...{ method: 'post', path: '/roles', summary: 'Add a role', access: 'roles.manage' },
      ...{ body: roleOfProgram, status: 201, answer: role },
      async handle(ctx) {
        const { user } = bearerOf(ctx)
        const id = await roles.add(user, parseRoleOfProgram(fieldsOf(ctx)), writeOf(ctx, `user ${user.id}`))
        ctx.set('Location', `${apiPrefix}/roles/${id}`)
        await answerWithRole(ctx, id, 201)
      },
    },
    {
      ...{ method: 'get', path: '/roles/:id', summary: 'Read a role', access: 'roles.manage' },
      ...{ status: 200, answer: role },
      handle: (ctx) => answerWithRole(ctx, idOf(ctx), 200),
    },
    {
      ...{ method: 'patch', path: '/roles/:id', summary: 'Name and fill a role', access: 'roles.manage' },
      ...{ body: roleOfProgram, ifMatch: true, status: 200, answer: role },
      async handle(ctx) {
        const [{ user }, id, version] = [bearerOf(ctx), idOf(ctx), versionIn(ctx)]
        const draft = parseRoleOfProgram(fieldsOf(ctx))
        try {
          await roles.change(user, id, version, draft, writeOf(ctx, `user ${user.id}`))
        } catch (error) {
          throw error instanceof RoleOutdated ? new PreconditionFailed() : error
        }
        await answerWithRole(ctx, id, 200)
      },
    },
    {
      ...{ method: 'delete', path: '/roles/:id', summary: 'Delete a role that nobody has', access: 'roles.manage' },
      ...{ status: 204, refusals: [409] },
      async handle(ctx) {
        const { user } = bearerOf(ctx)
        await roles.delete(user, idOf(ctx), writeOf(ctx, `user ${user.id}`))
        ctx.status = 204
      },
    },
  ]

  async function answerWithRole(ctx: Context, id: number, status: number) {
    const found = await roles.find(id, ctx.state.deadline)
    ctx.set('ETag', `"${found.version}"`)
    ctx.status = status
    ctx.body = shown(found)
  }
}

function shown(stored: StoredRole) {
  const { id, version, name, builtIn } = stored
  const permissions = [...permissionsOf(stored)]
  return { id, version, name, permissions, builtIn: builtIn !== null } satisfies z.infer<typeof role>
}
