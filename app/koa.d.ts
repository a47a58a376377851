import type { Locale } from './middleware/locale.js'
import type { User } from './users/user.js'

/** What the middleware of app/middleware/ adds to a request. */
declare module 'koa' {
  interface DefaultState {
    requestId: string
    locale: Locale
    user: User | undefined
    startedSessionId?: string
  }
  interface DefaultContext {
    page(view: string, locals?: object): Promise<void>
    session: { user?: User; regenerate(): Promise<void> } | null
  }
}
