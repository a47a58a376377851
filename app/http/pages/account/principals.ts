import { emailKey } from '../../../users/account.js'

/** Who writes before being signed in: whoever says to have this address. */
export function strangerOf({ email }: { email: string }): string {
  return `stranger ${emailKey(email)}`
}
