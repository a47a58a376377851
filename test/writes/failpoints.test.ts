import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { type Failpoint, failpoints } from '../../app/writes/failpoints.js'
import { waitUntil } from '../../stack/processes.js'
import { readRecords, stateOf } from '../../stack/replicas.js'
import { Person, product, registration, signedIn } from '../person.js'
import { databases, failpointFile, folder } from '../system.js'

/** Every write, with the replica that does it killed at every point: to the person nothing happens. */
describe('a replica that is killed in the middle of a write', () => {
  afterEach(async () => {
    rmSync(failpointFile, { force: true })
    await waitUntil('the replicas are not all ready', 10, async () => {
      const states = await Promise.all(readRecords(folder).map(stateOf))
      return states.every((state) => state === 'ready')
    })
  })

  const ofSessions: readonly Failpoint[] = ['before the session is saved', 'after the session is saved']
  /** Between the round trips of a write that has several. */
  const between: readonly Failpoint[] = ['after the claim', 'before COMMIT']

  for (const point of failpoints) {
    it(`${point}: the registration is done once`, async () => {
      const [person, account] = [new Person(), registration()]
      const answer = await withCrash(point, () => person.post('/register', account))
      expect([answer.status, answer.location]).to.deep.equal([303, '/products'])
      expect((await person.get('/products')).status).to.equal(200)
      expect(await countSessions(account.email)).to.deep.equal([1, 1])
    })

    it(`${point}: the sign-in is done once`, async () => {
      const [person, account] = [new Person(), registration()]
      await new Person().post('/register', account)
      const answer = await withCrash(point, () => person.post('/login', account))
      expect([answer.status, answer.location]).to.deep.equal([303, '/products'])
      expect((await person.get('/products')).status).to.equal(200)
      expect(await countSessions(account.email)).to.deep.equal([1, 2])
    })

    it(`${point}: the sign-in that takes the place of another is done once`, async () => {
      const account = registration()
      const person = await signedIn(account)
      const answer = await withCrash(point, () => person.post('/login', account))
      expect(answer.status).to.equal(303)
      expect((await person.get('/products')).status).to.equal(200)
      expect(await countSessions(account.email)).to.deep.equal([1, 1])
    })

    if (ofSessions.includes(point)) continue

    it(`${point}: the sign-out is done`, async () => {
      const account = registration()
      const person = await signedIn(account)
      const page = await person.get('/products')
      const copy = person.at(person.address)
      const answer = await withCrash(point, () => person.submit(page, '/logout', {}))
      expect([answer.status, answer.location]).to.deep.equal([303, '/'])
      expect((await copy.get('/products')).status).to.equal(303)
      expect(await countSessions(account.email)).to.deep.equal([1, 0])
    })

    if (between.includes(point)) continue

    it(`${point}: products that are added together are added once each`, async () => {
      const person = await signedIn()
      const drafts = Array.from({ length: 12 }, () => product())
      const answers = await withCrash(point, () => Promise.all(drafts.map((draft) => person.post('/products', draft))))
      for (const [index, draft] of drafts.entries()) {
        const { $ } = await person.get(answers[index]?.location as string)
        expect($('.facts code').text()).to.equal(draft.code)
        expect(await databases.products('products').where({ code: draft.code })).to.have.length(1)
      }
    })

    for (const withKey of [true, false]) {
      it(`${point}: the product is added once, ${withKey ? 'by the form' : 'by the request alone'}`, async () => {
        const person = await signedIn()
        const form = await person.get('/products/new')
        const draft = product()
        const answer = await withCrash(point, () =>
          withKey ? person.submit(form, '/products', draft) : person.post('/products', draft),
        )
        expect(answer.status).to.equal(303)
        expect((await person.get(answer.location as string)).$('.facts code').text()).to.equal(draft.code)
        expect(await databases.products('products').where({ code: draft.code })).to.have.length(1)
      })
    }
  }
})

/** Orders the death of the next replica that reaches the point, and makes sure that it came to it. */
async function withCrash<T>(point: Failpoint, send: () => Promise<T>): Promise<T> {
  writeFileSync(failpointFile, point)
  const answer = await send()
  expect(existsSync(failpointFile), `no replica reached "${point}"`).to.equal(false)
  return answer
}

async function countSessions(email: string): Promise<[users: number, sessions: number]> {
  const ids = await databases.users('users').where({ email }).pluck('id')
  const sessions = await databases.users('sessions').whereIn('user_id', ids)
  return [ids.length, sessions.length]
}
