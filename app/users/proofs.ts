import * as z from 'zod'
import type { Connection } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { LinkOver, Taken } from '../errors.js'
import type { Locale } from '../i18n/locales.js'
import { parse } from '../input/schemas.js'
import type { Write } from '../writes/write.js'
import { createWrites } from '../writes/writes.js'
import { type Browser, emailAddress, personName } from './account.js'
import { claimAddress } from './address-claims.js'
import { createAdmission, type RegistrationRules } from './admission.js'
import { createAttempts } from './attempts.js'
import { ofOwnAccount, record } from './audit.js'
import { findOpen } from './invitations.js'
import { enqueue } from './mail/outbox.js'
import { findOwnerToChange, updateEmail } from './own-account-store.js'
import { hashPassword } from './passwords.js'
import * as store from './proof-store.js'
import { passwordMark, proofLifetime } from './proof-tokens.js'
import { tokenHash } from './reset-tokens.js'
import { parseNewPassword } from './resets.js'
import { createSigningIn, type SignIn } from './signing-in.js'

/** Addresses that are proved by a link before they are an account's: where mail is set up. */
export type Proofs = ReturnType<typeof createProofs>

/** What somebody registers with before their address is proved. */
export const names = z.object({ ...personName, email: emailAddress })

/** Who registers, as they say before their address is proved. @throws {Invalid} */
export function parseNames(values: unknown): z.infer<typeof names> {
  return parse(names, values)
}

/** @param replica which the audit and the sessions name */
export function createProofs(database: Database, secret: string, replica: string, rules: RegistrationRules) {
  const writes = createWrites(database, secret)
  const attempts = createAttempts(database, secret)
  const admission = createAdmission(database, rules)
  const signInOnce = createSigningIn(database, secret, replica)

  return {
    /**
     * Has a link sent by which somebody makes their account. Nothing that is answered tells whether the address has one.
     * @param invitation what is in its link, where they come by one
     * @param locale in which the mail is written
     * @throws {RegistrationClosed}, {LinkOver} when the invitation is over, {TooManyAttempts} when somebody asks for very many
     */
    async askToRegister(
      claimed: ReturnType<typeof parseNames>,
      invitation: string | undefined,
      locale: Locale,
      write: Write,
    ): Promise<void> {
      await attempts.takeReset(write.address, write.deadline)
      await admission.isExpected(invitation, write.deadline)
      await writes.once(write, { claimed, invitation }, async (connection, withCommit) => {
        const invitationHash = invitation === undefined ? undefined : tokenHash(invitation)
        if (invitationHash && !(await findOpen(connection, invitationHash))) throw new LinkOver()
        const claim = { ...claimed, invitationHash, userId: undefined, passwordMark: undefined }
        const subject = { kind: 'user', id: undefined, name: claimed.email } as const
        withCommit(
          ...(await claimAddress(connection, claim, locale, secret)),
          record(write, replica, { action: 'registrationAsked', actor: undefined, subject }),
        )
        return {}
      })
    },

    /** What a link is for, or undefined where it is over. */
    async find(token: string, deadline: Deadline): Promise<store.Proof | undefined> {
      const proof = await look(token, deadline)
      return proof?.open ? proof : undefined
    },

    /**
     * Makes the account whose address the link proves, and signs its owner in.
     * @param values of the form, whose rules depend on whose link it is
     * @throws {LinkOver} when the link was used or is too old, or the address has an account by now
     * @throws {Invalid}, {RegistrationClosed}
     */
    async register(
      token: string,
      values: unknown,
      write: Write,
      browser: Browser,
    ): Promise<SignIn & { email: string }> {
      const proof = await look(token, write.deadline)
      if (!proof || proof.userId !== null) throw new LinkOver()
      const { open, email, firstName, lastName, invitationHash } = proof
      const password = parseNewPassword(values, proof)
      await admission.isExpected(invitationHash ?? undefined, write.deadline)
      // The second arrival finds the link used, and gets the first one's result.
      const passwordHash = open ? await hashPassword(password, write.deadline) : ''
      const user = { email, firstName, lastName, passwordHash }
      const signIn = await overIfTaken(
        signInOnce({ password }, write, browser, async (connection) => {
          await use(connection, token)
          const id = await admission.admit(connection, user, invitationHash ?? undefined)
          return { id, email, locale: null, action: 'register' }
        }),
      )
      return { ...signIn, email }
    },

    /**
     * Gives an account the address that the link proves, and tells the one before.
     * @param locale of that mail, where the owner has chosen none
     * @throws {LinkOver}, also when their password is another one than when they asked for it
     */
    async changeEmail(token: string, locale: Locale, write: Write): Promise<void> {
      await overIfTaken(
        writes.once(write, {}, async (connection, withCommit) => {
          const { userId, email, passwordMark: mark } = await use(connection, token)
          const owner = userId === null ? undefined : await findOwnerToChange(connection, userId)
          if (!owner || !mark?.equals(passwordMark(owner.passwordHash))) throw new LinkOver()
          await updateEmail(connection, owner.id, email)
          const told = { recipient: owner.email, locale: owner.locale ?? locale, seed: '' }
          const changes = { email: { from: owner.email, to: email } }
          withCommit(
            enqueue({ kind: 'addressChanged', ...told }, proofLifetime),
            record(write, replica, ofOwnAccount('emailChanged', owner, changes)),
          )
          return {}
        }),
      )
    },
  }

  function look(token: string, deadline: Deadline) {
    return database.run(deadline, (connection) => store.findProof(connection, tokenHash(token)))
  }
}

/** @throws {LinkOver} */
async function use(connection: Connection, token: string): Promise<store.Proof> {
  const proof = await store.findProof(connection, tokenHash(token))
  if (!proof || !(await store.useProof(connection, tokenHash(token)))) throw new LinkOver()
  return proof
}

/** The address was free when the link was sent. */
async function overIfTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof Taken ? new LinkOver() : error
  }
}
