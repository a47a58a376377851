import { databases } from './system.js'

/**
 * Puts the key ring back as it was after a test that took from it or wrapped it anew: the replicas go by what they read
 * for some seconds, and sign what other tests use.
 */
export async function withKeysKept(test: () => Promise<void>): Promise<void> {
  const { users } = databases
  const [dataKeys, signingKeys] = [await users('data_keys'), await users('signing_keys')]
  try {
    await test()
  } finally {
    await users.transaction(async (transaction) => {
      await transaction('signing_keys').delete()
      await transaction('data_keys').delete()
      if (dataKeys.length > 0) await transaction('data_keys').insert(dataKeys)
      if (signingKeys.length > 0) await transaction('signing_keys').insert(signingKeys)
    })
  }
}
