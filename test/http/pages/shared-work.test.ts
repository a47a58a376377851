import { expect } from 'chai'
import { readConfig } from '../../../app/config.js'
import type { Connection } from '../../../app/database/connection.js'
import { openDatabase } from '../../../app/database/database.js'
import { Deadline } from '../../../app/database/deadline.js'
import { insertProducts } from '../../../app/products/store.js'
import { type Answer, type Person, product, signedIn, unique } from '../../person.js'
import { databases, replicaAddresses, stack } from '../../system.js'

/** Look-ups are batched and the list is kept; nobody may notice it but by the time a page takes. */
describe('what requests share', () => {
  let person: Person
  let everywhere: Person[]
  before(async () => {
    person = await signedIn()
    everywhere = replicaAddresses().map((address) => person.at(address))
    for (let each = 0; each < 2; each++) await person.post('/products', product())
  })

  const newest = ({ $ }: Answer) => $('tbody th a').first().text()
  const counted = ({ $ }: Answer) => Number($('.count').text().replace(/\D/g, ''))
  const lists = () => Promise.all(everywhere.map((near) => near.get('/products')))

  it('shows a write in the next page of any replica, its writer’s and everybody’s', async () => {
    for (let each = 0; each < 20; each++) {
      await lists()
      const name = `Newest ${unique()}`
      await (everywhere[each % 3] as Person).post('/products', product({ name }))
      expect((await lists()).map(newest)).to.deep.equal([name, name, name])
    }
  })

  it('shows what was changed past the product, too', async () => {
    const [name, code] = [unique(), `C-${unique()}`]
    await person.post('/products', product({ code }))
    const [before] = (await lists()).map(counted)
    await databases.products('products').where({ code }).update({ name })
    expect((await lists()).map(newest)).to.deep.equal([name, name, name])
    await databases.products('products').where({ code }).delete()
    const after = await lists()
    expect(after.map(newest)).not.to.include(name)
    expect(after.map(counted)).to.deep.equal([1, 1, 1].map((one) => (before as number) - one))
  })

  it('shows nothing that is rolled back, and the true number after many writes at once', async () => {
    const code = `C-${unique()}`
    await person.post('/products', product({ code }))
    const twins = Array.from({ length: 30 }, (_, each) =>
      (everywhere[each % 3] as Person).post('/products', product({ code: each % 2 ? code : `C-${unique()}` })),
    )
    const statuses = (await Promise.all(twins)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 303)).to.have.length(15)
    const [row] = await databases.products('products').where({ archived: 0 }).count({ number: '*' })
    expect((await lists()).map(counted)).to.deep.equal([1, 1, 1].map(() => row?.number))
  })

  it('is not kept while a write is on its way: what a page has not shows in the next one', async () => {
    const name = `Late ${unique()}`
    await databases.products.transaction(async (transaction) => {
      const draft = { ...product({ name }), units: 1 }
      const { sql, values } = insertProducts([{ draft, createdBy: 1 }])
      await transaction.raw(sql, values as never)
      expect((await lists()).map(newest)).not.to.include(name)
    })
    expect((await lists()).map(newest)).to.deep.equal([name, name, name])
  })

  it('is not taken for current after the database was put back to an earlier state', async () => {
    const backup = await databases.products('catalogue_state')
    const [lost, name] = [product({ name: `Lost ${unique()}` }), `After ${unique()}`]
    await person.post('/products', lost)
    expect((await lists()).map(newest)).to.deep.equal([lost.name, lost.name, lost.name])
    await databases.products('products').where({ code: lost.code }).delete()
    for (const { slot, ...state } of backup) await databases.products('catalogue_state').where({ slot }).update(state)
    await databases.products('products').insert({ ...product({ name }), created_by: 1, created_at: new Date() })
    expect((await lists()).map(newest)).to.deep.equal([name, name, name])
  })

  it('makes a writer wait a moment at most for a transaction that stays open', async () => {
    const database = openDatabase(readConfig(stack.environment).products, 1)
    const added = insertProducts([{ draft: { ...product(), units: 1 }, createdBy: 1 }])
    const add = (connection: Connection) => connection.transact(added)
    try {
      const row = await Deadline.within(8_000, (deadline) =>
        database.run(deadline, (connection) => connection.first<{ id: number }>('SELECT CONNECTION_ID() AS id')),
      )
      await databases.products.transaction(async (transaction) => {
        await transaction('catalogue_state')
          .where({ slot: (row?.id as number) % 16 })
          .forUpdate()
        await Deadline.within(8_000, (deadline) => database.run(deadline, add))
      })
    } finally {
      await database.close()
    }
  })

  it('never is another person’s name, language or key', async () => {
    const people = await Promise.all(
      Array.from({ length: 12 }, async (_, each) => {
        const own = await signedIn({ firstName: `Person ${each}` })
        const headers = { 'accept-language': each % 2 ? 'es' : 'en' }
        const at = replicaAddresses().map((address) => Object.assign(own.at(address), { headers }))
        return { at, name: `Person ${each}`, lang: headers['accept-language'] }
      }),
    )
    const keys = new Set<string>()
    let pages = 0
    for (let round = 0; round < 20; round++) {
      const answers = people.flatMap(({ at, ...who }) =>
        at.map(async (near) => {
          const { $ } = await near.get('/products')
          keys.add($('[name=idempotencyKey]').val() as string)
          pages++
          expect({ name: $('.person bdi').text(), lang: $('html').attr('lang') }).to.deep.equal(who)
          expect($('.count').text()).to.match(who.lang === 'es' ? / productos$/ : / products$/)
        }),
      )
      if (round % 4 === 0) answers.push(person.post('/products', product()).then(() => {}))
      await Promise.all(answers)
    }
    expect(keys).to.have.property('size', pages)
  })

  it('is nothing to a session that has ended, on any replica, while others ask', async () => {
    for (let each = 0; each < 10; each++) {
      const leaving = await signedIn()
      const at = replicaAddresses().map((address) => leaving.at(address))
      expect((await Promise.all(at.map((near) => near.get('/products')))).map(({ status }) => status)).to.deep.equal([
        200, 200, 200,
      ])
      const others = Promise.all(Array.from({ length: 30 }, () => lists()))
      await leaving.submit(await leaving.get('/products'), '/logout', {})
      const answers = await Promise.all(at.map((near) => near.get('/products')))
      expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303])
      await others
    }
  })
})
