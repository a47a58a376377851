import type { Connection, Statement } from '../database/connection.js'
import type { Locale } from '../i18n/locales.js'
import { enqueue } from './mail/outbox.js'
import { findByEmail } from './people-store.js'
import { type Claimed, hadManyMails, insertProof } from './proof-store.js'
import { proofLifetime, proofTokenOf } from './proof-tokens.js'
import { tokenHash } from './reset-tokens.js'
import { newSeed } from './sessions.js'

/**
 * What has somebody prove that an address is theirs: a link, and the mail that brings it. Where the address has an
 * account, its owner is told so instead, and nobody else: to whoever asks, both are the same.
 * @returns nothing where the address has had enough mails
 */
export async function claimAddress(
  connection: Connection,
  claimed: Claimed,
  locale: Locale,
  secret: string,
): Promise<Statement[]> {
  if (await hadManyMails(connection, claimed.email)) return []
  const owner = await findByEmail(connection, claimed.email)
  const kind = owner ? 'addressKnown' : claimed.userId === undefined ? 'registration' : 'addressChange'
  const [recipient, seed] = [owner?.email ?? claimed.email, newSeed()]
  return [
    insertProof(tokenHash(proofTokenOf(seed, secret)), claimed, owner === undefined),
    enqueue({ kind, recipient, locale, seed }, proofLifetime),
  ]
}
