import { NotFound } from '../app/errors.js'
import { createPeople } from '../app/users/people.js'
import { parseResetRequest } from '../app/users/resets.js'
import { stackFolder } from './checkout.js'
import { asOperator, fail } from './operator.js'
import { readStackRecord } from './record.js'

/** `npm run administrator -- EMAIL [--link]`; in a container the file itself. */
const words = process.argv.slice(2)
const withLink = words.includes('--link')
const [email] = words.filter((word) => word !== '--link')
if (!email?.includes('@')) {
  fail(
    `Makes the person of an account an administrator: npm run administrator -- EMAIL
With --link it also makes the account, where there is none, and a link to choose its password.`,
    2,
  )
}

await asOperator(async ({ users }, _config, deadline) => {
  const people = createPeople(users, 'operator')
  if (withLink) {
    const token = await people.letInAdministrator(addressOf(email), deadline)
    console.log(`${email} is an administrator. Within 30 minutes, choose the password at:`)
    console.log(`${readStackRecord(stackFolder())?.url ?? 'http://localhost:8080'}/reset?token=${token}`)
    return
  }
  try {
    await people.makeAdministrator(email, deadline)
  } catch (error) {
    if (!(error instanceof NotFound)) throw error
    throw new Error(`No account has the address ${email}. With --link, one is made.`)
  }
  console.log(`${email} is an administrator.`)
})

function addressOf(text: string): string {
  try {
    return parseResetRequest({ email: text }).email
  } catch {
    throw new Error(`This is no address: ${text}`)
  }
}
