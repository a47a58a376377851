import type { Context } from 'koa'
import { parseId } from '../../../input/schemas.js'
import { permissions } from '../../../users/policy.js'
import { permissionsOf } from '../../../users/role.js'
import { checkedOf, parseRole } from '../../../users/role-input.js'
import type { Roles } from '../../../users/roles.js'
import { GarbledBody } from '../../errors.js'
import { type FormState, fieldsOf, idIn, idOf, newForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'

/** The roles: what each allows, and how many people have it. */
export function rolePages(roles: Roles) {
  return {
    async showRoles(ctx: Context) {
      const { done } = ctx.query
      const list = (await roles.list(ctx.state.deadline)).map((role) => ({ ...role, allows: permissionsOf(role) }))
      await ctx.page('roles/index', { list, done: isDone(done) ? done : undefined })
    },

    async showNew(ctx: Context) {
      await showNewForm(ctx, newForm('/roles'))
    },

    async submitNew(ctx: Context) {
      const add = async () => {
        const user = signedInUser(ctx)
        await roles.add(user, parseRole(fieldsOf(ctx)), writeOf(ctx, `user ${user.id}`))
        return '/roles?done=added'
      }
      await submit(ctx, add, showNewForm)
    },

    async showRole(ctx: Context) {
      const id = idOf(ctx)
      await showStored(ctx, newForm(`/roles/${id}`))
    },

    async submitRole(ctx: Context) {
      const id = idOf(ctx)
      const change = async () => {
        const [user, fields] = [signedInUser(ctx), fieldsOf(ctx)]
        const version = parseId(fields.version)
        if (version === undefined) throw new GarbledBody('no version, which each form has')
        const { builtIn } = await roles.find(id, ctx.state.deadline)
        await roles.change(user, id, version, parseRole(fields, builtIn !== null), writeOf(ctx, `user ${user.id}`))
        return '/roles?done=changed'
      }
      await submit(ctx, change, showRoleForm)
    },

    async submitDelete(ctx: Context) {
      const id = idOf(ctx)
      const remove = async () => {
        const user = signedInUser(ctx)
        await roles.delete(user, id, writeOf(ctx, `user ${user.id}`))
        return '/roles?done=deleted'
      }
      await submit(ctx, remove, showNotDeleted)
    },

    showNewForm,
    showRoleForm,
    showNotDeleted,
  }

  async function showNewForm(ctx: Context, form: FormState) {
    await ctx.page('roles/new', { form, permissions, checked: checkedOf(form.values) })
  }

  /** As it was typed; where others have changed the role since, with what they saved beside it. */
  async function showRoleForm(ctx: Context, form: FormState) {
    const role = await roles.find(idIn(form), ctx.state.deadline)
    const { version } = role
    const saved = parseId(form.values.version) === version ? undefined : permissionsOf(role)
    const shown = { ...form, values: { ...form.values, version: String(version) } }
    await ctx.page('roles/edit', { form: shown, role, permissions, checked: checkedOf(form.values), saved })
  }

  /** As it is stored. */
  async function showStored(ctx: Context, form: FormState) {
    const role = await roles.find(idIn(form), ctx.state.deadline)
    const values = { name: role.name, version: String(role.version) }
    await ctx.page('roles/edit', {
      ...{ form: { ...form, values }, role, permissions, checked: permissionsOf(role), saved: undefined },
    })
  }

  function showNotDeleted(ctx: Context, { action, notice }: FormState) {
    return showStored(ctx, { ...newForm(action), notice: notice ?? 'problem.notPut' })
  }
}

/** What the list says was done. */
const done = ['added', 'changed', 'deleted'] as const

function isDone(text: unknown): text is (typeof done)[number] {
  return done.includes(text as (typeof done)[number])
}
