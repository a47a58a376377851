import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { headlineOf } from '../../../app/http/pages/status/headline.js'
import { textsOf } from '../../../app/i18n/texts.js'
import { insertHeartbeat } from '../../../app/monitoring/store.js'
import { administrator, Person, unique } from '../../person.js'
import { allReady, replicaNamed } from '../../replica.js'
import { databases, replicaAddresses, withStore } from '../../system.js'

describe('the page of the servers', () => {
  let person: Person
  before(async () => {
    person = await administrator()
  })
  afterEach(allReady)

  it('asks strangers to sign in, also for its stream', async () => {
    for (const path of ['/status', '/status/events']) {
      const { status, location } = await new Person().get(path)
      expect([status, location]).to.deep.equal([303, `/login?next=${encodeURIComponent(path)}`])
    }
  })

  it('is reached from the menu', async () => {
    expect((await person.get('/products')).$('nav a[href="/status"]').text()).to.equal('Status')
    expect((await new Person().get('/')).$('nav a[href="/status"]')).to.have.length(0)
  })

  for (const [language, title, ready] of [
    ['en', 'Server status', 'Ready'],
    ['es', 'Estado de los servidores', 'Listo'],
  ] as const) {
    it(`shows a card of each replica, from any of them: ${language}`, async () => {
      for (const address of replicaAddresses()) {
        const { status, $ } = await person.at(address).get('/status', { 'accept-language': language })
        expect([status, $('h1').text()]).to.deep.equal([200, title])
        for (const name of ['app1', 'app2', 'app3']) {
          const card = $(`[data-replica=${name}]`)
          expect(card.find('.condition').text()).to.equal(ready)
          expect(card.find('.about').text()).to.contain(String(replicaNamed(name).pid))
          expect(card.find('dd')).to.have.length(8)
        }
      }
    })
  }

  it('says in Spanish that all are ready', () => {
    const ready = (name: string) => ({ name, condition: 'ready' as const, age: 400, away: undefined })
    const { announced } = headlineOf(['app1', 'app2', 'app3'].map(ready), textsOf('es'), 'es')
    expect(announced).to.equal('Los 3 servidores están listos.')
  })

  it('draws the last 15 minutes, and says the same in a table whose cells have names', async () => {
    const { $ } = await person.get('/status')
    expect($('svg path.requests').length).to.be.at.least(3)
    expect($('svg path.p95').length).to.be.at.least(3)
    expect($('details tbody tr')).to.have.length(15)
    expect($('details tbody tr').first().text()).to.match(/\d/)
    for (const cell of $('details tbody td').toArray()) {
      const names = ($(cell).attr('headers') ?? '').split(' ').map((id) => $(`th[id="${id}"]`).length)
      expect(names).to.deep.equal([1, 1, 1])
    }
  })

  it('shows what a replica told, and a replica that is silent as dead', async () => {
    const replica = `made-up-${unique()}`
    await withStore('users', (connection) => {
      return insertHeartbeat(connection, { ...madeUp, replica, run: unique(), state: 'ready' })
    })
    const cardOf = async () => (await person.get('/status')).$(`[data-replica=${replica}]`)
    await sleep(1_000)
    const card = await cardOf()
    expect(card.attr('data-condition')).to.equal('ready')
    expect(card.find('[data-stat=rate]').text()).to.equal('250 requests per second')
    const stats = card.find('dd').map((_, each) => card.find(each).text())
    expect(stats.get()).to.deep.equal(['3.5 ms', '20 ms', '140 ms', '7', '12', '1.5 ms', '95 MB', '4 of 20'])
    expect(card.find('.about').text()).to.contain('container 3f2a9c').and.contain('up 1 h 2 min')
    await sleep(4_000)
    const dead = await cardOf()
    expect([dead.attr('data-condition'), dead.find('.condition').text()]).to.deep.equal(['killed', 'Down'])
    expect(dead.find('.beat').text()).to.match(/^Last heartbeat \d\.\d s ago$/)
    await databases.users('heartbeats').where({ replica }).delete()
  })

  for (const [language, text] of [
    ['en', '1 request per second'],
    ['es', '1 petición por segundo'],
  ] as const) {
    it(`counts one request as one: ${language}`, async () => {
      const replica = `made-up-${unique()}`
      await withStore('users', (connection) => {
        return insertHeartbeat(connection, { ...madeUp, replica, run: unique(), state: 'ready', requests: 1 })
      })
      const { $ } = await person.get('/status', { 'accept-language': language })
      expect($(`[data-replica=${replica}] [data-stat=rate]`).text()).to.equal(text)
      await databases.users('heartbeats').where({ replica }).delete()
    })
  }
})

const madeUp = {
  process: '3f2a9c',
  version: '1.2.3',
  uptimeMs: 3_725_000,
  spanMs: 1_000,
  requests: 250,
  errors: 7,
  p50Ms: 3.5,
  p95Ms: 20,
  p99Ms: 140,
  inFlight: 12,
  lagMs: 1.5,
  memoryBytes: 95 * 2 ** 20,
  poolUsed: 4,
  poolSize: 20,
}
