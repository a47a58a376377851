import type { Context } from 'koa'
import * as z from 'zod'
import { NotSignedIn } from '../../errors.js'
import { parse } from '../../input/schemas.js'
import type { Parts } from '../../parts.js'
import { type Browser, credentials, parseCredentials, parseRegistration, registration } from '../../users/account.js'
import { names, type Proofs, parseNames } from '../../users/proofs.js'
import type { SignIn } from '../../users/signing-in.js'
import { fieldsOf, writeOf } from '../forms.js'
import { userAgentOf } from '../middleware/session.js'
import { strangerOf } from '../pages/account/principals.js'
import { invitationIn } from '../pages/account/registration.js'
import type { Operation } from './operation.js'
import { bearerOf, bearerToken } from './request.js'

const tokens = z
  .object({
    accessToken: z.string().meta({ description: 'A JWT (RFC 9068), for the Authorization header' }),
    expiresIn: z.int().meta({ description: 'In seconds from when it was issued' }),
    refreshToken: z.string().meta({ description: 'Good once, for the next tokens' }),
  })
  .meta({ id: 'Tokens' })

const person = z
  .object({
    ...{ id: z.int(), firstName: z.string(), lastName: z.string(), email: z.string() },
    locale: z.enum(['es', 'en']).nullable(),
    role: z.object({ id: z.int(), name: z.string() }),
    permissions: z.array(z.string()),
  })
  .meta({ id: 'Self' })

const invited = { invitation: z.string().optional().meta({ description: 'What is in the link of an invitation' }) }

const refreshing = z.object({
  refreshToken: z.string({ error: 'problem.garbled' }).max(200, { error: 'problem.garbled' }),
})

const session = z
  .object({
    ...{ id: z.string(), current: z.boolean(), userAgent: z.string(), address: z.string(), replica: z.string() },
    ...{ createdAt: z.iso.datetime(), seenAt: z.iso.datetime() },
  })
  .meta({ id: 'Session' })

/** Signing in, and what one is signed in by. */
export function authOperations(parts: Parts): Operation[] {
  const { accounts, ownAccount, proofs, tokens: issuing } = parts
  const signingUp: Operation = {
    ...{ method: 'post', path: '/auth/signup', summary: 'Make an account and sign in', access: 'anybody' },
    ...{ body: registration.safeExtend(invited), status: 201, answer: tokens },
    refusals: [401, 403, 409, 410],
    async handle(ctx) {
      const fields = fieldsOf(ctx)
      const made = parseRegistration(fields)
      const write = writeOf(ctx, strangerOf(made))
      const signIn = await accounts.register(made, invitationIn(fields), write, programOf(ctx))
      await answerWithTokens(ctx, signIn, 201)
    },
  }

  return [
    proofs ? askingToSignUp(proofs) : signingUp,
    {
      ...{ method: 'post', path: '/auth/login', summary: 'Sign in', access: 'anybody' },
      ...{ body: credentials, status: 200, answer: tokens },
      refusals: [401, 403],
      async handle(ctx) {
        const given = parseCredentials(fieldsOf(ctx))
        ctx.state.signIn = { account: accounts.pseudonymOf(given.email), succeeded: false }
        const signIn = await accounts.signIn(given, writeOf(ctx, strangerOf(given)), programOf(ctx))
        ctx.state.signIn.succeeded = true
        await answerWithTokens(ctx, signIn, 200)
      },
    },
    {
      ...{ method: 'post', path: '/token/refresh', summary: 'Get the next tokens', access: 'anybody' },
      ...{ body: refreshing, status: 200, answer: tokens },
      refusals: [401],
      async handle(ctx) {
        const { refreshToken } = parse(refreshing, fieldsOf(ctx))
        const { requestId, deadline } = ctx.state
        ctx.body = await issuing.refresh(refreshToken, { address: ctx.ip, requestId, deadline })
      },
    },
    {
      ...{ method: 'post', path: '/auth/logout', summary: 'End the session', access: 'anybody', status: 204 },
      refusals: [401],
      async handle(ctx) {
        const token = bearerToken(ctx)
        const bearer = token && (await issuing.verify(token, ctx.state.deadline))
        if (!bearer) throw new NotSignedIn()
        const write = writeOf(ctx, `session ${bearer.idHash.toString('hex')}`)
        await accounts.signOut(bearer.idHash, bearer.user, write)
        ctx.status = 204
      },
    },
    ...(['get', 'post'] as const).map(
      (method): Operation => ({
        ...{
          method,
          path: '/auth/whoami',
          summary: 'Who is signed in',
          access: 'signed in',
          status: 200,
          answer: person,
        },
        async handle(ctx) {
          const { id, firstName, lastName, email, locale, role, permissions } = bearerOf(ctx).user
          const { name } = role
          const self = {
            id,
            firstName,
            lastName,
            email,
            locale,
            role: { id: role.id, name },
            permissions: [...permissions],
          }
          ctx.body = self satisfies z.infer<typeof person>
        },
      }),
    ),
    {
      ...{ method: 'get', path: '/active-sessions', summary: 'One’s own sessions', access: 'signed in' },
      ...{ status: 200, answer: z.object({ sessions: z.array(session) }) },
      async handle(ctx) {
        const { user, idHash } = bearerOf(ctx)
        const { sessions } = await ownAccount.overview(user, ctx.state.deadline)
        ctx.body = {
          sessions: sessions.map(({ idHash: id, createdAt, seenAt, ...session }) => ({
            ...{ id: id.toString('hex'), current: idHash !== undefined && id.equals(idHash), ...session },
            ...{ createdAt: createdAt.toISOString(), seenAt: seenAt.toISOString() },
          })) satisfies z.infer<typeof session>[],
        }
      },
    },
  ]

  async function answerWithTokens(ctx: Context, { sessionId }: SignIn, status: number) {
    // Of a sign-in that arrived before, and whose session has ended since.
    if (!sessionId) throw new NotSignedIn()
    ctx.body = (await issuing.begin(sessionId, ctx.state.deadline)) satisfies z.infer<typeof tokens>
    ctx.status = status
  }
}

/** Where mail is set up: the account is made by a link that proves the address, and nobody is told which have one. */
function askingToSignUp(proofs: Proofs): Operation {
  return {
    ...{ method: 'post', path: '/auth/signup', summary: 'Ask for an account: a link is mailed', access: 'anybody' },
    ...{ body: names.extend(invited), status: 202, answer: z.object({}) },
    refusals: [403, 410],
    async handle(ctx) {
      const fields = fieldsOf(ctx)
      const given = parseNames(fields)
      await proofs.askToRegister(given, invitationIn(fields), ctx.state.locale, writeOf(ctx, strangerOf(given)))
      ctx.body = {}
      ctx.status = 202
    },
  }
}

/** No cookie counts, so no other session ends. */
function programOf(ctx: Context): Browser {
  return { sessionId: undefined, userAgent: userAgentOf(ctx) }
}
