import parseBody from 'co-body'
import type { Context, Middleware } from 'koa'
import {
  AlreadyUndone,
  Archived,
  CountedSince,
  Disabled,
  type FieldProblem,
  Invalid,
  KeyReused,
  LastAdministrator,
  LinkOver,
  NotArchived,
  NotEmpty,
  NotFound,
  Outdated,
  PersonDisabled,
  PersonOutdated,
  RegistrationClosed,
  RoleInUse,
  RoleOutdated,
  Taken,
  TooMany,
  TooManyAttempts,
  WrongCredentials,
} from '../errors.js'
import type { TextKey } from '../i18n/texts.js'
import type { Fields } from '../input/form-values.js'
import { parseId } from '../input/schemas.js'
import type { Write } from '../writes/write.js'
import { answerTo, GarbledBody, setStatus, UnsupportedBody } from './errors.js'
import { seeOther } from './navigation.js'

/** A form as it is shown: what was typed, what is wrong with which field, and with all of it. */
export interface FormState {
  /** The address that it is sent to. */
  action: string
  values: Fields
  problems: Record<string, FieldProblem & { owner?: Taken['owner'] }>
  notice?: TextKey | undefined
  /** In how many minutes it may be sent again, where the notice says so. */
  minutes?: number | undefined
  /** What is good to know of it. */
  hint?: TextKey | undefined
}

export type ShowForm = (ctx: Context, form: FormState) => Promise<void>

/** A form that was not sent yet. */
export function newForm(action: string, values: Fields = {}): FormState {
  return { action, values, problems: {} }
}

/** A form is as large as this at most, as nginx says, too. */
const formLimit = '64kb'

/** Parses the form of a write. @throws {UnsupportedBody}, {GarbledBody}, and errors with a status (413, 415) */
export function form(): Middleware {
  return async (ctx, next) => {
    const empty = !ctx.request.length && !ctx.get('Transfer-Encoding')
    if (ctx.method === 'POST' && !empty) Object.assign(ctx.request, await parseForm(ctx))
    await next()
  }
}

async function parseForm(ctx: Context): Promise<{ body: Fields; rawBody: string }> {
  if (!ctx.is('urlencoded')) throw new UnsupportedBody()
  try {
    // The name of a field is a name, also where it has a dot.
    const queryString = { allowDots: false }
    const { parsed, raw } = await parseBody.form(ctx, { limit: formLimit, queryString, returnRawBody: true })
    return { body: parsed, rawBody: raw }
  } catch (error) {
    // Without a status where it is wrongly compressed.
    const { status = 400, message } = error as Error & { status?: number }
    throw status === 400 ? new GarbledBody(message) : error
  }
}

/** The number in the address of a request, which has one spelling, because a write's key counts for one. @throws {NotFound} */
export function idOf(ctx: Context): number {
  const id = idFrom(ctx.params.id)
  if (!ctx.path.split('/').includes(String(id))) throw new NotFound()
  return id
}

/** The number in the address that a form is sent to. @throws {NotFound} where there is none */
export function idIn({ action }: FormState): number {
  return idFrom(action.split('/')[2])
}

function idFrom(text: unknown): number {
  const id = parseId(text)
  if (id === undefined) throw new NotFound()
  return id
}

export function fieldsOf(ctx: Context): Fields {
  return (ctx.request.body ?? {}) as Fields
}

/**
 * The write that a request asks for. Its key is the first of: the one that was put into the form when it was made, the
 * client's Idempotency-Key, and the request's id, which is the same each time nginx tries the request.
 * @param principal who writes, see {@link Write}
 */
export function writeOf(ctx: Context, principal: string): Write {
  const { idempotencyKey } = fieldsOf(ctx)
  const key = (typeof idempotencyKey === 'string' && idempotencyKey) || ctx.get('Idempotency-Key')
  const { requestId, deadline } = ctx.state
  return { principal, route: `${ctx.method} ${ctx.path}`, key: key || requestId, address: ctx.ip, requestId, deadline }
}

/**
 * Does what a form asks for and goes on to the page whose address that gives; or shows the form again, with what was
 * typed and what is wrong with it.
 */
export async function submit(ctx: Context, act: () => Promise<string | undefined>, show: ShowForm): Promise<void> {
  try {
    const address = await act()
    if (address) seeOther(ctx, address)
  } catch (error) {
    const problems = problemsOf(error)
    if (!problems) throw error
    setStatus(ctx, error, answerTo(error))
    await show(ctx, { ...newForm(ctx.path, fieldsOf(ctx)), ...problems })
  }
}

/** What an error says about a form, or undefined where it is not the form's. */
export function problemsOf(error: unknown): Pick<FormState, 'problems' | 'notice' | 'minutes'> | undefined {
  if (error instanceof Invalid) return { problems: error.fields }
  if (error instanceof Taken) {
    const message = error.owner?.archived ? 'problem.codeArchived' : (`problem.${error.field}Taken` as const)
    return { problems: { [error.field]: { message, owner: error.owner } } }
  }
  const notice = noticeOf(error)
  const minutes = error instanceof TooMany ? Math.ceil(error.retryAfter / 60) : undefined
  return notice && { problems: {}, notice, minutes }
}

/** What an error says about all of a form, or undefined where it is not the form's. */
export function noticeOf(error: unknown): TextKey | undefined {
  return notices.find(([kind]) => error instanceof kind)?.[1]
}

const notices: [abstract new (...args: never[]) => Error, TextKey][] = [
  [WrongCredentials, 'problem.wrongCredentials'],
  [Disabled, 'problem.disabled'],
  [LinkOver, 'problem.linkOver'],
  [KeyReused, 'problem.keyReused'],
  [PersonOutdated, 'people.problem.outdated'],
  [PersonDisabled, 'passwordLink.disabled'],
  [RoleOutdated, 'roles.problem.outdated'],
  [RoleInUse, 'roles.problem.inUse'],
  [RegistrationClosed, 'invitations.problem.closed'],
  [Outdated, 'problem.outdated'],
  [Archived, 'problem.archived'],
  [NotArchived, 'problem.notArchived'],
  [NotEmpty, 'problem.categoryNotEmpty'],
  [LastAdministrator, 'people.problem.lastAdministrator'],
  [AlreadyUndone, 'problem.undone'],
  [CountedSince, 'problem.countedSince'],
  [TooManyAttempts, 'problem.tooManyAttempts'],
  [TooMany, 'problem.tooMany'],
]
