import { emailKey } from '../../../users/account.js'

/** Who writes before signing in: whoever claims this address. */
export function strangerOf({ email }: { email: string }): string {
  return `stranger ${emailKey(email)}`
}
