import type { Context } from 'koa'

/** Where the API is. */
export const apiPrefix = '/api/v1'

/** Whether a program is answered, and not a person. */
export function isOfApi({ path }: Context): boolean {
  return path.startsWith('/api/')
}
