import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import getPort from 'get-port'
import { waitUntil } from '../../stack/processes.js'
import { Person, product, signedIn } from '../person.js'
import { databases, stack } from '../system.js'

describe('when the database’s server is killed', () => {
  it('people wait a moment, nothing fails, and every write is there once', async () => {
    const person = await signedIn()
    const drafts = Array.from({ length: 60 }, () => product())
    const before = stack.database.process?.pid
    const writes = drafts.map(async (draft, each) => {
      await sleep(each * 25)
      return (await person.post('/products', draft)).status
    })
    const reads = Array.from({ length: 60 }, async (_, each) => {
      await sleep(each * 25)
      return (await person.get('/products')).status
    })
    await sleep(500)
    stack.database.process?.kill('SIGKILL')
    expect(new Set(await Promise.all(writes))).to.deep.equal(new Set([303]))
    expect(new Set(await Promise.all(reads))).to.deep.equal(new Set([200]))
    const codes = drafts.map(({ code }) => code)
    expect(await databases.products('products').whereIn('code', codes)).to.have.length(drafts.length)
    expect(stack.database.process?.pid).not.to.equal(before)
  })
})

describe('a replica whose database is away', () => {
  let replica: ChildProcess
  let person: Person
  before(async () => {
    const [port, nothing] = [await getPort(), await getPort()]
    replica = spawn(process.execPath, ['dist/app/replica.js'], {
      stdio: 'ignore',
      env: {
        ...stack.environment,
        REPLICA_NAME: 'lonely',
        PORT: String(port),
        USERS_DATABASE_URL: `mysql://bodega_users@127.0.0.1:${nothing}/bodega_users`,
      },
    })
    person = new Person(`http://127.0.0.1:${port}`)
    await waitUntil('the replica does not listen', 10, () =>
      person.get('/livez').then(
        ({ status }) => status === 200,
        () => false,
      ),
    )
  })
  after(async () => {
    replica.kill('SIGTERM')
    await once(replica, 'exit')
  })

  it('lives, and says that it is not ready', async () => {
    expect((await person.get('/livez')).status).to.equal(200)
    expect((await person.get('/readyz')).status).to.equal(503)
  })

  it('still welcomes strangers, and shows them the forms', async () => {
    for (const path of ['/', '/login', '/register']) expect((await person.get(path)).status, path).to.equal(200)
  })

  it('says so to the others, in a page, after waiting for it', async () => {
    const signed = person.at(person.address)
    signed.cookies.set('session', 'x'.repeat(43))
    const answer = await signed.get('/products')
    expect(answer.status).to.equal(503)
    expect(answer.$('h1').text()).to.equal('We cannot serve you right now')
    expect(answer.$('main code').text()).to.equal(answer.headers.get('x-request-id'))
  })
})
