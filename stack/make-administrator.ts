import { readConfig } from '../app/config.js'
import { openDatabases } from '../app/database/database.js'
import { Deadline } from '../app/database/deadline.js'
import { NotFound } from '../app/errors.js'
import { createPeople } from '../app/users/people.js'
import { stackFolder } from './checkout.js'
import { readStackRecord } from './record.js'

/** `npm run administrator -- EMAIL`; in a container, whose settings are its environment, the file itself. */
const [email] = process.argv.slice(2)
if (!email?.includes('@')) fail('Makes the person of an account an administrator: npm run administrator -- EMAIL', 2)
const settings = process.env.USERS_DATABASE_URL ? process.env : readStackRecord(stackFolder())?.settings
if (!settings) fail('Bodega does not run here. Start it with: npm start')

const databases = openDatabases(readConfig(settings))
try {
  const { makeAdministrator } = createPeople(databases.users, 'operator')
  await Deadline.within(10_000, (deadline) => makeAdministrator(email, deadline))
  console.log(`${email} is an administrator.`)
} catch (error) {
  fail(error instanceof NotFound ? `No account has the address ${email}.` : (error as Error).message)
} finally {
  await Promise.all([databases.users.close(), databases.products.close()])
}

function fail(message: string, code = 1): never {
  console.error(message)
  process.exit(code)
}
