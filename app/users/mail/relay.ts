import { createTransport } from 'nodemailer'
import type { Database } from '../../database/database.js'
import { Deadline } from '../../database/deadline.js'
import { textsOf } from '../../i18n/texts.js'
import { proofLifetime, proofTokenOf } from '../proof-tokens.js'
import { resetLifetime, tokenOf } from '../reset-tokens.js'
import { type Mail, removeSent, takeDue } from './outbox.js'

/** How mail is sent, and the address of this Bodega in it. */
export interface MailSettings {
  /** smtp:// or smtps://, with the account and its password where the server asks for them. */
  url: string
  from: string
  publicUrl: string
}

/** How long the server may take for one mail, in milliseconds, well below the lease of a mail that is being sent. */
const timeout = 20_000

/** Sends what is in the outbox. A mail is sent again where the replica that sent it died before it could say so. */
export function createRelay(database: Database, { url, from, publicUrl }: MailSettings, secret: string) {
  const transport = createTransport({
    url,
    connectionTimeout: timeout / 4,
    greetingTimeout: timeout / 4,
    socketTimeout: timeout / 2,
  })

  return async function sendDue(): Promise<void> {
    for (let mail = await take(); mail; mail = await take()) {
      await transport.sendMail({ from, to: mail.recipient, ...wordsOf(mail) })
      await remove(mail)
    }
  }

  function take(): Promise<Mail | undefined> {
    return Deadline.within(timeout, (deadline) => database.run(deadline, takeDue))
  }

  function remove(mail: Mail): Promise<void> {
    return Deadline.within(timeout, (deadline) => database.run(deadline, (connection) => removeSent(connection, mail)))
  }

  function wordsOf({ kind, locale, seed }: Mail) {
    const t = textsOf(locale)
    const at = (path: string) => new URL(path, publicUrl).href
    const confirmation = at(`/confirm?token=${proofTokenOf(seed, secret)}`)
    const values = {
      passwordReset: { link: at(`/reset?token=${tokenOf(seed, secret)}`), minutes: resetLifetime / 60 },
      registration: { link: confirmation, hours: proofLifetime / 3600 },
      addressChange: { link: confirmation, hours: proofLifetime / 3600 },
      addressKnown: { link: at('/login'), forgotten: at('/forgotten') },
      addressChanged: { link: at('/forgotten') },
    }
    return { subject: t(`mail.${kind}.subject`), text: t(`mail.${kind}.text`, values[kind]) }
  }
}
