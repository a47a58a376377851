import { createKeys } from '../app/users/keys/keys.js'
import type { SigningKeyRow } from '../app/users/keys/store.js'
import { asOperator, fail } from './operator.js'

/** `npm run keys -- status|rotate|rewrap`; in a container the file itself. */
const [command] = process.argv.slice(2)
const commands = ['status', 'rotate', 'rewrap']
if (!commands.includes(command ?? '')) {
  fail(
    `Manages the key ring while the replicas serve: npm run keys -- ${commands.join('|')}
  status  shows the keys that sign tokens
  rotate  adds a data key, by which is encrypted from now on, and a key that signs in a minute
  rewrap  wraps by today's master key the data keys that another one wrapped`,
    2,
  )
}

await asOperator(async ({ users }, { masterKey }, deadline) => {
  const { dataKeys, signingKeys } = createKeys(users, masterKey)
  if (command === 'rotate') {
    await dataKeys.add(deadline)
    await signingKeys.add(deadline)
  }
  if (command === 'rewrap') console.log(`${await dataKeys.rewrap(deadline)} data keys were wrapped anew.`)
  const keys = await signingKeys.list(deadline)
  if (keys.length === 0) console.log('There is no key yet: the first token makes one.')
  for (const key of keys) console.log(describe(key, keys))
})

function describe(key: SigningKeyRow, keys: SigningKeyRow[]): string {
  const { kid, signsAt, dataKeyId } = key
  const state = key === keys.find(({ signs }) => signs) ? 'signs' : key.signs ? 'verifies' : 'published'
  return `${kid}  ${state.padEnd(9)}  from ${signsAt.toISOString()}  encrypted by data key ${dataKeyId}`
}
