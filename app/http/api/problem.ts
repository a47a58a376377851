import type { Context } from 'koa'
import * as z from 'zod'
import { isTextKey, textsOf } from '../../i18n/texts.js'
import type { ErrorAnswer } from '../errors.js'
import { problemsOf } from '../forms.js'

/** What a program is told where something cannot be done: RFC 9457. */
export const problem = z
  .object({
    type: z.string().meta({ description: 'Always the same for a kind of problem' }),
    title: z.string().meta({ description: 'For people, in the language asked for' }),
    status: z.int(),
    detail: z.string(),
    requestId: z.string().meta({ description: 'Names the request in the logs' }),
    errors: z
      .array(z.object({ field: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'What is wrong with which field' }),
  })
  .meta({ id: 'Problem' })

/** Answers a request of the API with what went wrong, as a page says it to people. */
export function answerWithProblem(ctx: Context, error: unknown, { status, code, words }: ErrorAnswer): void {
  const t = textsOf(ctx.state.locale)
  const { problems = {}, notice } = problemsOf(error) ?? {}
  const errors = Object.entries(problems).map(([field, { message, values, owner }]) => {
    const detail = isTextKey(message) ? t(message, { ...values, field: nameOf(field) }) : t('problem.garbled')
    return { field, detail: owner ? `${detail} ${owner.name} (${owner.id})` : detail }
  })
  // What pages say speaks of buttons and of going back.
  const ofStatus = `api.${status}`
  const body: z.infer<typeof problem> = {
    type: `urn:bodega:problem:${code}`,
    title: t(`${words}.title`),
    status,
    detail: t(notice ?? (isTextKey(ofStatus) ? ofStatus : `${words}.text`)),
    requestId: ctx.state.requestId,
    ...(errors.length > 0 && { errors }),
  }
  if (status === 401) ctx.set('WWW-Authenticate', 'Bearer realm="bodega"')
  ctx.set('Cache-Control', 'no-store')
  ctx.body = JSON.stringify(body)
  ctx.type = 'application/problem+json'

  function nameOf(field: string): string {
    const key = `field.the.${field}`
    return isTextKey(key) ? t(key) : field
  }
}
