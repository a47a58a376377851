import type { Context, Middleware } from 'koa'
import type { Log } from '../../log.js'
import { isOfApi } from '../api/paths.js'
import { answerWithProblem } from '../api/problem.js'
import { answerTo, answerWith, type ErrorAnswer, setStatus } from '../errors.js'

/** nginx's own status for a request whose client left: nobody receives it, but it belongs in the log. */
const clientClosedRequest = 499

/** The one place where what went wrong becomes an answer: a page in the person's language, or what a program is told, with the request's id. */
export function errors(log: Log): Middleware {
  return async (ctx, next) => {
    try {
      await next()
      if (ctx.status < 400 || ctx.body || !ctx.writable) return
      await showError(ctx, undefined, answerWith(ctx.status))
    } catch (error) {
      if (!ctx.writable) {
        ctx.status = clientClosedRequest
        return
      }
      const answer = answerTo(error)
      if (answer.level) log[answer.level]({ err: error, requestId: ctx.state.requestId })
      await showError(ctx, error, answer)
    }
  }
}

async function showError(ctx: Context, error: unknown, answer: ErrorAnswer) {
  setStatus(ctx, error, answer)
  if (isOfApi(ctx)) return answerWithProblem(ctx, error, answer)
  await ctx.page('error', { ...answer, requestId: ctx.state.requestId })
}
