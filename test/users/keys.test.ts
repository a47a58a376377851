import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { readConfig } from '../../app/config.js'
import { Deadline } from '../../app/database/deadline.js'
import { createDataKeys } from '../../app/users/keys/data-keys.js'
import { createKeys } from '../../app/users/keys/keys.js'
import { localMasterKey } from '../../app/users/keys/master-key.js'
import { open, seal } from '../../app/users/keys/sealing.js'
import { deleteOldKeys } from '../../app/users/keys/store.js'
import { withKeysKept } from '../keys.js'
import { startReplica } from '../lone-replica.js'
import { Program, signedUp, type Tokens } from '../program.js'
import { databases, replicaAddresses, stack, stores, withStore } from '../system.js'

describe('what is sealed', () => {
  const [key, text] = [randomBytes(32), Buffer.from('a secret')]

  it('is opened by its key, as what it belongs to, and where no bit was changed', () => {
    const sealed = seal(key, text, 'a row')
    expect(open(key, sealed, 'a row')).to.deep.equal(text)
    expect(sealed.includes(text)).to.equal(false)
    expect(() => open(key, sealed, 'another row')).to.throw()
    expect(() => open(randomBytes(32), sealed, 'a row')).to.throw()
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed)
      changed[index] = (changed[index] as number) ^ 1
      expect(() => open(key, changed, 'a row'), `byte ${index}`).to.throw()
    }
    expect(() => open(key, sealed.subarray(0, 20), 'a row')).to.throw()
  })

  it('is something else each time', () => {
    expect(seal(key, text, 'a row').equals(seal(key, text, 'a row'))).to.equal(false)
  })
})

describe('a data key', () => {
  it('is opened by the master key that wrapped it, and by no other', () =>
    Deadline.within(10_000, async (deadline) => {
      const sealed = await dataKeysOf(masterKey()).seal(Buffer.from('a secret'), 'a row', deadline)
      expect(String(await dataKeysOf(masterKey()).open(sealed, 'a row', deadline))).to.equal('a secret')
      const other = await dataKeysOf('y'.repeat(40))
        .open(sealed, 'a row', deadline)
        .catch((error) => error.message)
      expect(other).to.match(/^data key \d+ was wrapped by local \w+, and the master key is local \w+$/)
    }))

  it('is in the database in no other form', async () => {
    const rows = await databases.users('data_keys')
    expect(rows).not.to.have.length(0)
    for (const { wrapped } of rows) expect(wrapped).to.have.length(12 + 16 + 32)
  })

  it('stops no page, only what is sealed, where the master key is another one', async () => {
    const { account } = await signedUp()
    const replica = await startReplica({ MASTER_KEY: 'another master key than that of the rest' })
    try {
      const { email, password } = account
      expect((await new Program(replica.address).post('/auth/login', { email, password })).status).to.equal(500)
      expect(replica.log()).to.contain('was wrapped by')
      expect((await fetch(`${replica.address}/login`)).status).to.equal(200)
    } finally {
      await replica.stop()
    }
  })

  function dataKeysOf(secret: string) {
    return createDataKeys(stores.users, [localMasterKey(secret)])
  }
})

describe('the keys that sign', () => {
  it('rotate while the replicas serve: published, then signing, and the old one verifies on', async () => {
    const before = await signedUp()
    const old = kidOf(before.tokens)
    expect(command('rotate')).to.match(/published.*signs/s)
    const next = (await newest()).kid
    expect(kidOf((await signedUp()).tokens), 'not yet').to.equal(old)
    await databases.users.raw('UPDATE signing_keys SET signs_at = signs_at - INTERVAL 60 SECOND WHERE kid = ?', [next])
    const replica = await startReplica({})
    try {
      const { json } = await new Program(replica.address).post('/token/refresh', before.tokens)
      expect(kidOf(json)).to.equal(next)
      for (const address of [replica.address, ...replicaAddresses()]) {
        for (const { accessToken } of [before.tokens, json as Tokens]) {
          const isGood = async () =>
            (await new Program(address, accessToken).get('/auth/whoami')).status === 200 || undefined
          expect(await waited(isGood), address).to.equal(true)
        }
      }
      const keys = createRemoteJWKSet(new URL(`${replica.address}/.well-known/jwks.json`))
      for (const { accessToken } of [before.tokens, json as Tokens]) await jwtVerify(accessToken, keys)
      expect(command('status')).to.match(/signs.*verifies/s)
    } finally {
      await replica.stop()
    }
  })

  it('are deleted when the last token of theirs is over, and not before', () =>
    withKeysKept(async () => {
      command('rotate')
      const all = await databases.users('signing_keys').pluck('kid')
      const { kid } = await newest()
      const successorSince = (seconds: number) =>
        databases
          .users('signing_keys')
          .where({ kid })
          .update({ signs_at: new Date(Date.now() - seconds * 1_000) })
      await successorSince(890)
      await databases
        .users('signing_keys')
        .whereNot({ kid })
        .update({ signs_at: new Date(Date.now() - 900_000) })
      await withStore('users', (connection) => deleteOldKeys(connection, 500))
      expect(await databases.users('signing_keys').pluck('kid')).to.have.members(all)
      await databases
        .users('signing_keys')
        .whereNot({ kid })
        .update({ signs_at: new Date(Date.now() - 2_000_000) })
      await successorSince(910)
      await withStore('users', (connection) => deleteOldKeys(connection, 500))
      expect(await databases.users('signing_keys').pluck('kid')).to.deep.equal([kid])
    }))

  it('are one where two replicas make the first at the same moment, or both count', () =>
    withKeysKept(() =>
      Deadline.within(10_000, async (deadline) => {
        await databases.users('signing_keys').delete()
        const rings = Array.from(
          { length: 4 },
          () => createKeys(stores.users, readConfig(stack.environment).masterKey).signingKeys,
        )
        const signers = await Promise.all(rings.map((ring) => ring.signerAt(new Date(), deadline)))
        for (const { kid } of signers) {
          for (const ring of rings) expect(await waited(() => ring.verifierOf(kid, deadline))).not.to.equal(undefined)
        }
      }),
    ))

  it('are encrypted, each as its own', async () => {
    const [row] = await databases.users('signing_keys')
    expect(row.private_key.includes(Buffer.from('302e020100300506032b6570', 'hex'))).to.equal(false)
  })

  it('are managed by a command that says what it can', () => {
    const { status, stderr } = run('nothing')
    expect([status, stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 2 && text.includes('status|rotate|rewrap'),
    )
  })
})

function masterKey(): string {
  return readConfig(stack.environment).masterKey.local as string
}

function newest() {
  return databases.users('signing_keys').orderBy('signs_at', 'desc').first()
}

function kidOf({ accessToken }: Tokens) {
  return decodeProtectedHeader(accessToken).kid
}

function command(name: string): string {
  const { status, stdout, stderr } = run(name)
  expect(status, stderr).to.equal(0)
  return stdout
}

function run(name: string) {
  return spawnSync(process.execPath, ['dist/stack/keys.js', name], { env: stack.environment, encoding: 'utf8' })
}

/** A key that is not known is looked for once a second. */
async function waited<T>(find: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let count = 0; count < 30; count++) {
    const found = await find()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return undefined
}
