import { NotFound } from '../app/errors.js'
import { createPeople } from '../app/users/people.js'
import { asOperator, fail } from './operator.js'

/** `npm run administrator -- EMAIL`; in a container the file itself. */
const [email] = process.argv.slice(2)
if (!email?.includes('@')) fail('Makes the person of an account an administrator: npm run administrator -- EMAIL', 2)

await asOperator(async ({ users }, _config, deadline) => {
  try {
    await createPeople(users, 'operator').makeAdministrator(email, deadline)
  } catch (error) {
    if (error instanceof NotFound) throw new Error(`No account has the address ${email}.`)
    throw error
  }
  console.log(`${email} is an administrator.`)
})
