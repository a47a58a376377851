import { expect } from 'chai'
import { type LoneReplica, startReplica } from '../../lone-replica.js'
import { Person } from '../../person.js'

describe('a replica that serves certain names', () => {
  let replica: LoneReplica
  before(async () => {
    replica = await startReplica({ ALLOWED_HOSTS: 'bodega.test, localhost' })
  })
  after(() => replica.stop())

  it('serves them, with any port', async () => {
    for (const host of ['bodega.test', 'Bodega.test:8080', `localhost:${new URL(replica.address).port}`]) {
      expect((await new Person(replica.address, { 'x-forwarded-host': host }).get('/login')).status, host).to.equal(200)
    }
  })

  it('refuses every other, in a page', async () => {
    for (const host of ['rebound.test', '127.0.0.1', 'bodega.test.example.org']) {
      const answer = await new Person(replica.address, { 'x-forwarded-host': host }).get('/login')
      expect(answer.status, host).to.equal(421)
      expect(answer.$('h1').text()).to.equal('Bodega is not at this address')
    }
  })

  it('still answers health checks', async () => {
    expect((await fetch(`${replica.address}/readyz`)).status).to.equal(200)
  })
})
