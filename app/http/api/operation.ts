import type { Context } from 'koa'
import type * as z from 'zod'
import type { Permission } from '../../users/policy.js'

/** One thing that a program can ask for: the router, the permissions and the document are all made from these. */
export interface Operation {
  method: 'get' | 'post' | 'patch' | 'delete'
  /** Below /api/v1, as the router has it: /products/:id. */
  path: string
  summary: string
  access: Permission | 'signed in' | 'anybody'
  query?: z.ZodObject
  body?: z.ZodObject
  /** Whether it is sent a file instead, in a form. */
  takesFile?: boolean
  /** Whether it names the version that it changes: RFC 9110, If-Match. */
  ifMatch?: boolean
  /** What it answers when it was done. */
  status: number
  /** What is in that answer; none: nothing. */
  answer?: z.ZodType
  /** Whether that is a CSV file instead. */
  answersFile?: boolean
  /** What else it may answer, besides what all do: {@link commonRefusals}. */
  refusals?: number[]
  handle(ctx: Context): Promise<void>
}

/** What any of them may answer instead: what is wrong with the request, or with the system. */
export function commonRefusals({ method, path, access, body, takesFile, ifMatch }: Operation): number[] {
  return [
    ...[400, 429, 500, 503, 504],
    ...(access === 'anybody' ? [] : [401]),
    ...(access === 'anybody' || access === 'signed in' ? [] : [403]),
    ...(path.includes(':') ? [404] : []),
    ...(body || takesFile ? [413, 415, 422] : []),
    ...(method === 'get' ? [] : [422]),
    ...(ifMatch ? [412, 428] : []),
  ]
}
