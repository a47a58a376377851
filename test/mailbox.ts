import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

/** A mail as it came over SMTP. */
export interface Received {
  to: string[]
  raw: string
}

/** A mail server that keeps what it takes, and takes nothing while it is `refusing`. */
export async function openMailbox() {
  const mails: Received[] = []
  const mailbox = { mails, refusing: false, url: '', close: () => server.close() }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onMailFrom: (_address, _session, done) => done(mailbox.refusing ? new Error('not now') : null),
    onData: (stream, { envelope }, done) => {
      text(stream).then((raw) => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), raw })
        done()
      }, done)
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  mailbox.url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  return mailbox
}

/** The text of a mail, as it is read. */
export function textOf({ raw }: Received): string {
  const [, encoding, body = ''] = /Content-Transfer-Encoding: (\S+)[\s\S]*?\r\n\r\n([\s\S]*)$/i.exec(raw) ?? []
  if (encoding?.toLowerCase() === 'base64') return Buffer.from(body, 'base64').toString()
  return body.replaceAll('=\r\n', '').replaceAll('=3D', '=')
}
