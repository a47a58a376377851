import { createKeys } from '../app/users/keys/keys.js'
import type { SigningKeyRow } from '../app/users/keys/store.js'
import { asOperator, fail } from './operator.js'

/** `npm run keys -- rotate|status`; in a container the file itself. */
const [command] = process.argv.slice(2)
if (command !== 'rotate' && command !== 'status') {
  fail('Shows the keys that sign tokens, or adds new ones while the replicas serve: npm run keys -- status|rotate', 2)
}

await asOperator(async ({ users }, { masterKey }, deadline) => {
  const { dataKeys, signingKeys } = createKeys(users, masterKey)
  if (command === 'rotate') {
    await dataKeys.add(deadline)
    await signingKeys.add(deadline)
  }
  const keys = await signingKeys.list(deadline)
  if (keys.length === 0) console.log('There is no key yet: the first token makes one.')
  for (const key of keys) console.log(describe(key, keys))
})

function describe(key: SigningKeyRow, keys: SigningKeyRow[]): string {
  const { kid, signsAt, dataKeyId } = key
  const state = key === keys.find(({ signs }) => signs) ? 'signs' : key.signs ? 'verifies' : 'published'
  return `${kid}  ${state.padEnd(9)}  from ${signsAt.toISOString()}  encrypted by data key ${dataKeyId}`
}
