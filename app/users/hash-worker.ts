import bcrypt from 'bcrypt'

/** What the threads that hash passwords do; app/users/passwords.ts gives them their work. */

export function hash({ text, cost }: { text: string; cost: number }): string {
  return bcrypt.hashSync(text, cost)
}

export function compare({ text, hash }: { text: string; hash: string }): boolean {
  return bcrypt.compareSync(text, hash)
}
