import type { Deadline } from '../database/deadline.js'
import type { Locale } from '../i18n/locales.js'
import type { User } from '../users/account.js'
import type { UploadedFile } from './uploads.js'

/** What the middleware adds to a request. */
declare module 'koa' {
  interface DefaultState {
    requestId: string
    deadline: Deadline
    locale: Locale
    user: User | undefined
    /** How many products are low, where the handler has read it with what it shows: middleware/low-stock.ts. */
    lowProducts?: number
    /** Whether the page has the key of a form in it, which is for one person. */
    holdsKey?: boolean
    startedSessionId?: string
    /** Of a program's session. */
    sessionHash?: Buffer | undefined
    /** What came with a form that sends a file. */
    file?: UploadedFile | undefined
    /** What the access log says besides, about a sign-in. */
    signIn?: { account: string; succeeded: boolean }
  }
  interface Request {
    body?: unknown
    /** A form as it came. */
    rawBody?: string
  }
  interface DefaultContext {
    page(view: string, locals?: object): Promise<void>
    sessionOptions: object
    session: { regenerate(): Promise<void> } | null
  }
}
