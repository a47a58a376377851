import { expect } from 'chai'
import { Deadline } from '../../app/database/deadline.js'
import { TooManyAttempts } from '../../app/errors.js'
import { deleteOldAttempts } from '../../app/users/attempt-store.js'
import { type Attempts, createAttempts } from '../../app/users/attempts.js'
import { Person, registration, unique, valuesOn } from '../person.js'
import { databases, replicaAddresses, stores, withStore } from '../system.js'

describe('guessing a password', () => {
  const table = () => databases.users('attempts')
  let attempts: Attempts
  let email: string
  let deadline: Deadline

  before(() => {
    attempts = createAttempts(stores.users, unique())
  })
  beforeEach(() => {
    email = `ana.${unique()}@example.org`
    deadline = new Deadline(50_000)
  })

  it('ends after ten, when very many come at once on all replicas', async function () {
    this.timeout(60_000)
    const account = registration()
    await new Person().post('/register', account)
    const wrong = { ...account, password: 'not this one' }
    const addresses = replicaAddresses()
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, each) => from('203.0.113.5', addresses[each % 3]).post('/login', wrong)),
    )
    const [tried, refused] = [401, 429].map((status) => answers.filter((answer) => answer.status === status))
    expect(tried).to.have.length(10)
    expect(refused).to.have.length(40)

    const right = await from('203.0.113.5').post('/login', account)
    expect(right.status).to.equal(429)
    expect(Number(right.headers.get('retry-after'))).to.be.within(50, 60)
    expect(right.$('[role=alert]').text()).to.contain('try again in a minute')
    expect(valuesOn(right, '/login')).to.include({ email: account.email })
    expect((await from('203.0.113.5').post('/register', { ...account, password: 'nor is this' })).status).to.equal(429)
    expect((await from('203.0.113.6').post('/login', account)).status, 'its owner elsewhere').to.equal(303)
  })

  it('counts what is guessed by registering', async () => {
    const account = registration()
    await new Person().post('/register', account)
    const before = await table().sum('count as all').first()
    await from('203.0.113.7').post('/register', { ...account, password: 'not this one' })
    expect(Number((await table().sum('count as all').first())?.all)).to.equal(Number(before?.all) + 2)
  })

  it('has longer and longer pauses, up to an hour, and one more attempt after each', async () => {
    await tryTimes(10, '192.0.2.1')
    for (const minutes of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const wait = await refusal('192.0.2.1')
      expect(wait).to.be.within(60 * minutes - 10, 60 * minutes)
      await pass(wait)
      await tryTimes(1, '192.0.2.1')
    }
  })

  it('begins anew a day after the first', async () => {
    await tryTimes(10, '192.0.2.2')
    await refusal('192.0.2.2')
    await pass(24 * 3600)
    await tryTimes(10, '192.0.2.2')
  })

  it('leaves nothing when it is forgotten', async () => {
    await tryTimes(1, '192.0.2.6')
    await pass(24 * 3600 + 1)
    await withStore('users', (connection) => deleteOldAttempts(connection, 10_000))
    expect(await table()).to.have.length(0)
  })

  it('waits for what becomes of those tried at the same time', async () => {
    const takeBack = []
    for (let each = 0; each < 10; each++) takeBack.push(await attempts.take(email, '192.0.2.7', deadline))
    const next = attempts.take(email, '192.0.2.7', deadline)
    await takeBack[0]?.()
    await next
  })

  it('is forgotten with a right one', async () => {
    await tryTimes(9, '192.0.2.3')
    await (await attempts.take(email, '192.0.2.3', deadline))()
    await tryTimes(10, '192.0.2.3')
  })

  it('ends after three hundred from one address, whichever account it is of', async () => {
    const takeBack = []
    for (let each = 0; each < 300; each++) takeBack.push(await attempts.take(`${each}${email}`, '192.0.2.4', deadline))
    const wait = await refusal('192.0.2.4')
    expect(wait).to.be.within(15 * 60 - 10, 15 * 60)
    await takeBack[0]?.()
    await tryTimes(1, '192.0.2.4')
    await refusal('192.0.2.4', 'other@example.org')
  })

  it('counts a network of IPv6 as one address, and an address of IPv4 in IPv6 as it is', async () => {
    await tryTimes(5, '2001:db8::1')
    await tryTimes(5, '2001:db8::ffff:2')
    await refusal('2001:db8::3')
    await tryTimes(1, '2001:db8:0:1::1')
    await tryTimes(9, '192.0.2.5')
    await tryTimes(1, '::ffff:192.0.2.5')
    await refusal('192.0.2.5')
  })

  async function tryTimes(times: number, address: string) {
    for (let each = 0; each < times; each++) await attempts.take(email, address, deadline)
  }

  /** In how many seconds one may be tried again, when it is known what became of the last ones. */
  async function refusal(address: string, of = email): Promise<number> {
    await pass(6)
    const error = await attempts.take(of, address, deadline).catch((error) => error)
    expect(error).to.be.instanceOf(TooManyAttempts)
    return error.retryAfter
  }

  /** Lets time pass, for all attempts. */
  async function pass(seconds: number) {
    const earlier = (column: string) => databases.users.raw('?? - INTERVAL ? SECOND', [column, seconds])
    await table().update({ free_at: earlier('free_at'), forget_at: earlier('forget_at') })
  }
})

/** As nginx says it to a replica. */
function from(client: string, replica = replicaAddresses()[0]) {
  return new Person(replica, { 'x-forwarded-for': client })
}
