import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { Knex } from 'knex'
import { readConfig, readMigratorConfig } from '../app/config.js'
import { claimOf } from '../app/writes/write.js'
import { replicaProgram } from '../stack/checkout.js'
import { run, waitUntil } from '../stack/processes.js'
import { PacketProxy } from './cuts/proxy.js'
import { type LoneReplica, startReplica } from './lone-replica.js'
import { Person, product, registration, signedIn, unique } from './person.js'
import { databases, openKnex, stack } from './system.js'

describe('the log of a replica', () => {
  let replica: LoneReplica
  let proxy: PacketProxy
  let products: Knex
  let losesAccounts = false

  /** Its products database takes numbers for names, and its reading of accounts can be made to lose the connection. */
  before(async () => {
    const { users } = readConfig(stack.environment)
    proxy = await PacketProxy.open('users', users, (packet) => {
      const loses = losesAccounts && packet === 'users: SELECT FROM users ← 1'
      return loses ? { packet, when: 'before', how: 'reset' } : undefined
    })
    const environment = await migrateOwnProducts()
    const { admin, account } = readMigratorConfig(environment).products
    products = openKnex({ ...admin, database: account.database })
    await products.raw('ALTER TABLE products MODIFY name INT NOT NULL')
    replica = await startReplica({
      PRODUCTS_DATABASE_URL: environment.PRODUCTS_DATABASE_URL,
      USERS_DATABASE_URL: `mysql://${users.user}@127.0.0.1:${proxy.port}/${users.database}`,
    })
  })
  after(async () => {
    await replica.stop()
    await products.destroy()
    proxy.close()
  })

  it('has no value of a statement that the server refused', async () => {
    const person = (await signedIn()).at(replica.address)
    const draft = product({ name: `name ${unique()}`, description: `text ${unique()}\n    at ${unique()}` })
    const { status, headers } = await person.post('/products', draft)
    expect(status).to.equal(500)
    const { err } = await lineOf(headers.get('x-request-id'), 'error')
    expect(err).to.include({ code: 'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD', message: "Incorrect integer value: '…" })
    expectNothingOf(draft, person)
  })

  it('has no value of a statement whose connection was lost', async () => {
    const account = registration()
    losesAccounts = true
    const { status, headers } = await new Person(replica.address).post('/login', account)
    losesAccounts = false
    expect(status).to.equal(503)
    const { err } = await lineOf(headers.get('x-request-id'), 'warn')
    expect(err.cause.message).to.match(/lost|ECONNRESET/)
    expect(err.cause.statement).to.match(/^SELECT .* FROM users WHERE email_key = \?$/)
    expectNothingOf(account, new Person())
  })

  it('has neither address nor password of a sign-in, right or wrong', async () => {
    const account = registration({ password: `secret ${unique()}` })
    await new Person().post('/register', account)
    const person = new Person(replica.address)
    const wrong = `wrong ${unique()}`
    expect((await person.post('/login', { ...account, password: wrong })).status).to.equal(401)
    const { status, headers } = await person.post('/login', account)
    expect(status).to.equal(303)
    expect((await lineOf(headers.get('x-request-id'), 'info')).signIn.succeeded).to.equal(true)
    expectNothingOf({ ...account, wrong }, person)
  })

  it('tells by the places in the sources where an error came from', async () => {
    const person = (await signedIn()).at(replica.address)
    const [{ id: userId }] = await databases.users('users').orderBy('id', 'desc').limit(1).select('id')
    const key = unique()
    // A number for its name, so that it fails on the key alone.
    await products('idempotency_keys').insert(brokenResult(`user ${userId}`, key))
    const { status, headers } = await person.post('/products', product({ name: '1' }), { 'idempotency-key': key })
    expect(status).to.equal(500)
    const { err } = await lineOf(headers.get('x-request-id'), 'error')
    expect(err.type).to.equal('SyntaxError')
    expect(err.stack).to.match(/^ {4}at .*findResult \(app\/writes\/store\.ts:\d+:\d+\)$/m)
    expect(err.stack).to.match(/^ {4}at async replay \(app\/writes\/replay\.ts:\d+:\d+\)$/m)
  })

  it('stops no replica on a full disk', async () => {
    const full = openSync('/dev/full', 'w')
    const silent = await startReplica({}, [], full)
    try {
      const person = (await signedIn()).at(silent.address)
      for (let request = 0; request < 3; request++) expect((await person.get('/products')).status).to.equal(200)
    } finally {
      await silent.stop()
      closeSync(full)
    }
  })

  it('stops a replica that cannot listen, on a full disk, too', async () => {
    const full = openSync('/dev/full', 'w')
    const env = { ...stack.environment, REPLICA_NAME: 'second', PORT: new URL(replica.address).port }
    const second = spawn(process.execPath, replicaProgram('dist'), { stdio: ['ignore', full, 'ignore'], env })
    try {
      expect(await Promise.race([once(second, 'exit'), sleep(10_000)])).to.deep.equal([1, null])
    } finally {
      second.kill('SIGKILL')
      closeSync(full)
    }
  })

  it('stops no replica while nobody reads it, and then goes on', async () => {
    const unread = await startReplica({})
    const stranger = new Person(unread.address)
    const ask = async (name: string) => {
      expect((await stranger.get(`/${name.padEnd(8_000, '.')}`)).status).to.equal(404)
    }
    const waitingIn = (log: string) => log.split('/waiting').length - 1
    try {
      unread.process.stdout?.pause()
      for (let request = 0; request < 300; request++) await ask(`waiting${request}`) // 2.4 MB
      unread.process.stdout?.resume()
      await waitUntil('what waited is not in the log', 5, () => waitingIn(unread.log()) > 100)
      await ask('later')
      await waitUntil('the log does not go on', 5, () => unread.log().includes('/later'))
      expect(waitingIn(unread.log()), 'lines that had waited').to.be.below(250)
      for (const line of unread.log().trimEnd().split('\n')) JSON.parse(line)
    } finally {
      await unread.stop()
    }
  })

  async function lineOf(requestId: string | null, level: string) {
    const find = () =>
      replica
        .log()
        .split('\n')
        .find((line) => line.includes(`${requestId}`) && line.includes(`"level":"${level}"`))
    await waitUntil('the line is not in the log', 5, () => find() !== undefined)
    return JSON.parse(find() as string)
  }

  function expectNothingOf(fields: Record<string, string>, person: Person) {
    const { firstName: _, lastName: __, units: ___, category: ____, ...secrets } = fields
    const session = person.cookie('session')
    for (const [name, value] of Object.entries({ ...secrets, ...(session && { session }) })) {
      for (const part of value.split('\n    at ')) expect(replica.log(), name).not.to.contain(part)
    }
  }
})

/** A write's result that no version of the product would have stored. */
function brokenResult(principal: string, key: string) {
  const write = { principal, route: 'POST /products', key }
  return { ...claimOf(write, {}, ''), result: 'no JSON', created_at: new Date() }
}

async function migrateOwnProducts(): Promise<NodeJS.ProcessEnv> {
  const { host, port, user } = readConfig(stack.environment).products
  const url = `mysql://${user}@${host}:${port}/bodega_products_${unique()}`
  const environment = { ...stack.environment, PRODUCTS_DATABASE_URL: url }
  await run([process.execPath, 'dist/db/migrate.js'], { env: environment })
  return environment
}
