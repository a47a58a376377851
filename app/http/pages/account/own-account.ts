import type { Context } from 'koa'
import { NotFound, NotSignedIn } from '../../../errors.js'
import type { User } from '../../../users/account.js'
import { knownAction } from '../../../users/audit.js'
import type { OwnAccount } from '../../../users/own-account.js'
import {
  parseConfirmation,
  parseEmailChange,
  parsePasswordChange,
  parseProfile,
  parseSessionHash,
} from '../../../users/own-account-input.js'
import { sessionHash } from '../../../users/sessions.js'
import type { Write } from '../../../writes/write.js'
import { type FormState, fieldsOf, newForm, type ShowForm, submit, writeOf } from '../../forms.js'
import { askToSignIn, signedInUser } from '../../middleware/access.js'
import { rememberLocale } from '../../middleware/locale.js'
import { leaveSession, sessionIdOf } from '../../middleware/session.js'
import { deviceOf } from './devices.js'

/** A person's own account: who they are, where they are signed in, and what was done with it. @param isProved whether a new address is, first */
export function ownAccountPages(own: OwnAccount, isProved: boolean) {
  const showForm =
    (view: string): ShowForm =>
    (ctx, form) =>
      ctx.page(view, { form })
  const showProfileForm = showForm('account/profile')
  const showEmailForm: ShowForm = (ctx, form) => ctx.page('account/email', { form, isProved })
  const showPasswordForm = showForm('account/password')
  const showDeleteForm = showForm('account/delete')

  return {
    async showAccount(ctx: Context) {
      await showOverview(ctx, newForm(ctx.path))
    },

    async showProfile(ctx: Context) {
      const { firstName, lastName, locale } = signedInUser(ctx)
      await showProfileForm(ctx, newForm(ctx.path, { firstName, lastName, locale: locale ?? '' }))
    },
    submitProfile: submitting('profile', showProfileForm, async (ctx, user, write) => {
      const profile = parseProfile(fieldsOf(ctx))
      await own.changeProfile(user, profile, write)
      if (profile.locale) rememberLocale(ctx, profile.locale)
    }),

    async showEmail(ctx: Context) {
      await showEmailForm(ctx, newForm(ctx.path, { email: signedInUser(ctx).email }))
    },
    async submitEmail(ctx: Context) {
      const change = async () => {
        const user = signedInUser(ctx)
        const write = writeOf(ctx, principalOf(user))
        const done = await own.changeEmail(user, parseEmailChange(fieldsOf(ctx)), ctx.state.locale, write)
        return `/account?done=${done === 'asked' ? 'emailAsked' : 'email'}`
      }
      await submit(ctx, change, showEmailForm)
    },

    async showPassword(ctx: Context) {
      await showPasswordForm(ctx, newForm(ctx.path))
    },
    submitPassword: submitting('password', showPasswordForm, (ctx, user, write) =>
      own.changePassword(user, idOfSession(ctx), parsePasswordChange(fieldsOf(ctx), user), write),
    ),

    async submitEndSession(ctx: Context) {
      const idHash = parseSessionHash(fieldsOf(ctx).session)
      if (!idHash) throw new NotFound()
      const end = async () => {
        const user = signedInUser(ctx)
        await own.endSession(user, idHash, writeOf(ctx, principalOf(user)))
        return '/account?done=session#sessions'
      }
      await submit(ctx, end, showOverview)
    },
    async submitEndOthers(ctx: Context) {
      const end = async () => {
        const user = signedInUser(ctx)
        await own.endOtherSessions(user, idOfSession(ctx), writeOf(ctx, principalOf(user)))
        return '/account?done=others#sessions'
      }
      await submit(ctx, end, showOverview)
    },

    async showDelete(ctx: Context) {
      await showDeleteForm(ctx, newForm(ctx.path))
    },
    /** Not by `may`: at its second arrival the session is gone with the account. */
    async submitDelete(ctx: Context) {
      const sessionId = sessionIdOf(ctx)
      if (!sessionId) return askToSignIn(ctx, '/account/delete')
      const remove = async () => {
        const password = parseConfirmation(fieldsOf(ctx))
        await own.delete(ctx.state.user, password, writeOf(ctx, `session ${sessionId}`))
        leaveSession(ctx)
        return '/?deleted'
      }
      await submit(ctx, remove, showDeleteForm).catch((error) => {
        if (error instanceof NotSignedIn) return askToSignIn(ctx, '/account/delete')
        throw error
      })
    },

    showOverview,
    showProfileForm,
    showEmailForm,
    showPasswordForm,
    showDeleteForm,
  }

  async function showOverview(ctx: Context, form: FormState) {
    const { sessions, activity } = await own.overview(signedInUser(ctx), ctx.state.deadline)
    const current = sessionHash(idOfSession(ctx))
    const shown = sessions.map(({ idHash, userAgent, ...session }) => {
      return { ...session, device: deviceOf(userAgent), id: idHash.toString('hex'), current: idHash.equals(current) }
    })
    const { done } = ctx.query
    const acts = activity.map(({ action, ...entry }) => ({ ...entry, action: knownAction(action) }))
    await ctx.page('account/index', { form, sessions: shown, activity: acts, done: isDone(done) ? done : undefined })
  }
}

/** What the account's page says was done. */
const done = ['profile', 'email', 'emailAsked', 'password', 'session', 'others'] as const

function isDone(text: unknown): text is (typeof done)[number] {
  return done.includes(text as (typeof done)[number])
}

function submitting(
  what: (typeof done)[number],
  show: ShowForm,
  change: (ctx: Context, user: User, write: Write) => Promise<void>,
) {
  return async (ctx: Context) => {
    const act = async () => {
      const user = signedInUser(ctx)
      await change(ctx, user, writeOf(ctx, principalOf(user)))
      return `/account?done=${what}`
    }
    await submit(ctx, act, show)
  }
}

function principalOf({ id }: User): string {
  return `user ${id}`
}

/** The id of the session of somebody who is signed in. */
function idOfSession(ctx: Context): string {
  return sessionIdOf(ctx) ?? ''
}
