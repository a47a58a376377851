import type { Context } from 'koa'
import type { User } from '../../../users/account.js'
import { knownAction } from '../../../users/audit.js'
import type { Management } from '../../../users/management.js'
import { type Person, parsePeopleQuery, parseRoleGiven } from '../../../users/person.js'
import { may } from '../../../users/policy.js'
import { mayHandle } from '../../../users/role.js'
import type { Roles } from '../../../users/roles.js'
import type { Write } from '../../../writes/write.js'
import { type FormState, fieldsOf, idIn, idOf, newForm, type ShowForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'

/** The people who have an account, and what is done with one of them. @param mail whether it is set up */
export function peoplePages(management: Management, roles: Roles, mail: boolean) {
  return {
    async showPeople(ctx: Context) {
      const query = parsePeopleQuery(ctx.query)
      const { people, more } = await management.page(query, ctx.state.deadline)
      await ctx.page('people/index', { people, more, query, deleted: 'deleted' in ctx.query })
    },

    async showPerson(ctx: Context) {
      await showRoleForm(ctx, newForm(`/users/${idOf(ctx)}/role`))
    },

    submitRole: submitting('role', showRoleForm, (ctx, user, id, write) =>
      management.giveRole(user, id, parseRoleGiven(fieldsOf(ctx)), write),
    ),
    submitDisable: submitting('disabled', showNotDone, (_, user, id, write) => management.disable(user, id, write)),
    submitEnable: submitting('enabled', showNotDone, (_, user, id, write) => management.enable(user, id, write)),
    submitEndSessions: submitting('sessions', showNotDone, (_, user, id, write) =>
      management.endSessions(user, id, write),
    ),

    async showDelete(ctx: Context) {
      await showDeleteForm(ctx, newForm(ctx.path))
    },
    async submitDelete(ctx: Context) {
      const id = idOf(ctx)
      const remove = async () => {
        const user = signedInUser(ctx)
        await management.delete(user, id, writeOf(ctx, `user ${user.id}`))
        return '/users?deleted'
      }
      await submit(ctx, remove, showDeleteForm)
    },

    /** Where no mail is set up, answers with the page itself: the link is shown this once, and no address has it. */
    async submitResetLink(ctx: Context) {
      const id = idOf(ctx)
      const make = async () => {
        const user = signedInUser(ctx)
        const token = await management.makeResetLink(user, id, ctx.state.locale, writeOf(ctx, `user ${user.id}`))
        if (!token) return `/users/${id}?done=resetLink`
        await show(ctx, newForm(`/users/${id}/role`), `${ctx.protocol}://${ctx.host}/reset?token=${token}`)
        return undefined
      }
      await submit(ctx, make, showNotDone)
    },

    showRoleForm,
    showNotDone,
    showDeleteForm,
  }

  function showRoleForm(ctx: Context, form: FormState) {
    return show(ctx, form, undefined)
  }

  async function show(ctx: Context, form: FormState, link: string | undefined) {
    const [user, { deadline }] = [signedInUser(ctx), ctx.state]
    const person = await management.find(idIn(form), deadline)
    const isManaged = may(user, 'users.manage') && person.id !== user.id && mayHandle(user, person.role)
    const given = isManaged ? await roles.givenBy(user, deadline) : []
    const acts = may(user, 'audit.read') ? await management.activity(person.id, deadline) : []
    const activity = acts.map(({ action, ...entry }) => ({ ...entry, action: knownAction(action) }))
    const { done } = ctx.query
    const said = isDone(done) ? done : undefined
    await ctx.page('people/show', { form, person, isManaged, given, activity, done: said, mail, link })
  }

  /** Says first what is deleted, and what stays. */
  async function showDeleteForm(ctx: Context, form: FormState) {
    await ctx.page('people/delete', { form, person: await management.find(idIn(form), ctx.state.deadline) })
  }

  /** Nothing was typed into what is but a button. */
  function showNotDone(ctx: Context, { action, notice, minutes }: FormState) {
    return showRoleForm(ctx, { ...newForm(action), notice: notice ?? 'problem.notPut', minutes })
  }
}

/** What a person's page says was done. */
const done = ['role', 'disabled', 'enabled', 'sessions', 'resetLink'] as const

function isDone(text: unknown): text is (typeof done)[number] {
  return done.includes(text as (typeof done)[number])
}

function submitting(
  what: (typeof done)[number],
  show: ShowForm,
  act: (ctx: Context, user: User, id: Person['id'], write: Write) => Promise<void>,
) {
  return async (ctx: Context) => {
    const id = idOf(ctx)
    const manage = async () => {
      const user = signedInUser(ctx)
      await act(ctx, user, id, writeOf(ctx, `user ${user.id}`))
      return `/users/${id}?done=${what}`
    }
    await submit(ctx, manage, show)
  }
}
