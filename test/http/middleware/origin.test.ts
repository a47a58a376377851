import { expect } from 'chai'
import { expectPage } from '../../pages.js'
import { type Person, product, signedIn } from '../../person.js'
import { databases, stack } from '../../system.js'

describe('another site’s form', () => {
  let person: Person
  before(async () => {
    person = await signedIn()
  })

  const cases: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://forged.example' },
    { origin: 'null' },
  ]
  for (const headers of cases) {
    it(`with ${JSON.stringify(headers)}: 403, and nothing is done`, async () => {
      const draft = product()
      expectPage(await person.post('/products', draft, headers), 403)
      expectPage(await person.post('/logout', {}, headers), 403)
      expect(await databases.products('products').where({ code: draft.code })).to.have.length(0)
      expect((await person.get('/products')).status).to.equal(200)
    })
  }

  it('is told from this site’s', async () => {
    const own = [{ 'sec-fetch-site': 'same-origin' }, { origin: stack.url }]
    for (const headers of own) {
      const near = person.at(stack.url)
      expect((await near.post('/products', product(), headers)).status).to.equal(303)
    }
  })
})
