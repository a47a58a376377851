import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { withKeysKept } from '../keys.js'
import { type Kms, startKms } from '../kms.js'
import { startReplica } from '../lone-replica.js'
import { member } from '../people.js'
import { Program, signedUp } from '../program.js'
import { databases, stack } from '../system.js'

describe('a master key in KMS', () => {
  let kms: Kms
  let settings: NodeJS.ProcessEnv
  before(async () => {
    await signedUp() // so that there is a signing key, under a data key that the local master key wrapped
    kms = await startKms('alias/bodega')
    settings = {
      ...{ KMS_KEY_ID: 'alias/bodega', KMS_ENDPOINT: kms.endpoint, AWS_REGION: 'eu-south-2' },
      ...{ AWS_ACCESS_KEY_ID: 'an id', AWS_SECRET_ACCESS_KEY: 'a secret' },
    }
  })
  after(() => kms.stop())

  it('takes over from the local one while the replicas serve, which then needs none', () =>
    withKeysKept(async () => {
      expect((await loginAt(settings)).status, 'wrapped by the local one').to.equal(200)
      expect(kms.asked).to.deep.equal([])
      expect(await command('rewrap', settings)).to.match(/^[1-9]\d* data keys were wrapped anew/)
      const wrappedBy = await databases.users('data_keys').pluck('master_key')
      expect(new Set(wrappedBy)).to.deep.equal(new Set(['kms alias/bodega']))
      expect((await loginAt({ ...settings, MASTER_KEY_FILE: '' })).status, 'without the local one').to.equal(200)
      expect(kms.asked).to.include.members(['Encrypt', 'Decrypt'])
      expect(await command('rotate', settings)).to.contain('published')
    }))

  it('is asked once for each data key, however many tokens are signed', () =>
    withKeysKept(async () => {
      await command('rewrap', settings)
      const replica = await startReplica(settings)
      try {
        await login(replica.address)
        const before = kms.asked.length
        for (let count = 0; count < 3; count++) expect((await login(replica.address)).status).to.equal(200)
        expect(kms.asked).to.have.length(before)
      } finally {
        await replica.stop()
      }
    }))

  it('that does not answer stops what needs it, in time, and nothing else', () =>
    withKeysKept(async () => {
      await command('rewrap', settings)
      const replica = await startReplica({ ...settings, KMS_ENDPOINT: 'http://127.0.0.1:1' })
      try {
        expect((await login(replica.address)).status).to.equal(500)
        expect((await fetch(`${replica.address}/login`)).status).to.equal(200)
      } finally {
        await replica.stop()
      }
    }))

  it('needs its region, and there is one master key at least', async () => {
    const without = { MASTER_KEY_FILE: '' }
    const incomplete = await command('status', { ...without, KMS_KEY_ID: 'x' }).catch(({ stderr }) => stderr)
    expect(incomplete).to.contain('AWS_REGION is required with KMS_KEY_ID')
    const none = await command('status', without).catch(({ stderr }) => stderr)
    expect(none).to.contain('MASTER_KEY is required without KMS_KEY_ID')
  })

  async function loginAt(environment: NodeJS.ProcessEnv) {
    const replica = await startReplica(environment)
    try {
      return await login(replica.address)
    } finally {
      await replica.stop()
    }
  }
})

async function login(address: string) {
  // At a page: the stack's own replicas have no key in KMS.
  const { account } = await member()
  return new Program(address).post('/auth/login', { email: account.email, password: account.password })
}

/** @returns what it says; not while the test waits, because the service is in its process */
async function command(name: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const env = { ...stack.environment, ...environment }
  return (await run(process.execPath, ['dist/stack/keys.js', name], { env })).stdout
}

const run = promisify(execFile)
