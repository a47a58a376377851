import { Agent } from 'node:http'
import { createServer, type Server } from 'node:net'
import { expect } from 'chai'
import getPort from 'get-port'
import { audit } from '../../loadtest/failover/audit.js'
import { figuresOf } from '../../loadtest/failover/figures.js'
import { Ledger } from '../../loadtest/failover/ledger.js'
import { localCluster } from '../../loadtest/failover/local-cluster.js'
import { breachesOf } from '../../loadtest/failover/promises.js'
import { reportOf } from '../../loadtest/failover/report.js'
import { runScenario } from '../../loadtest/failover/run.js'
import { scenarios } from '../../loadtest/failover/scenarios.js'
import { readStackRecord, type StackRecord } from '../../stack/record.js'
import { Person, product, registration, signedIn, unique } from '../person.js'
import { folder } from '../system.js'

const cluster = () => localCluster(folder, readStackRecord(folder) as StackRecord)

describe('the failover suite', function () {
  this.timeout(180_000)

  for (const scenario of scenarios) {
    it(`${scenario.name}: nothing lost, nothing doubled, nobody signed out`, async () => {
      // Few enough requests that a busy machine, too, has time for all of them.
      const options = { rate: 40, rounds: scenario.rounds.short, progress: () => {} }
      const run = await runScenario(cluster(), scenario, options)
      expect(run.faults.length).to.be.at.least(scenario.rounds.short)
      expect(run.entries.length).to.be.above(100)
      const report = reportOf([run], false, [])
      expect(breachesOf(figuresOf(run), false), JSON.stringify(report.tables.at(-1)?.rows)).to.deep.equal([])
    })
  }
})

describe('the ledger', () => {
  let server: Server
  let reply: string
  let ledger: Ledger
  before(async () => {
    const port = await getPort()
    server = createServer((socket) => socket.once('data', () => socket.end(reply))).listen(port, '127.0.0.1')
    ledger = new Ledger(`http://127.0.0.1:${port}`, new Agent())
  })
  after(() => server.close())

  const send = () =>
    ledger.send({ kind: 'try', due: Date.now(), method: 'GET', path: '/', expected: [200], contains: 'ok' })

  for (const [what, text, fault] of [
    ['a whole answer', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', undefined],
    ['an answer that was cut off', 'HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\nok', 'the answer was cut off'],
    [
      'a chunked answer that was cut off',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n',
      'the answer was cut off',
    ],
    ['a closed connection', '', 'socket hang up'],
    ['another page', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno', 'a page without ok'],
    ['a status that was not expected', 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n', 'status 500, not expected'],
  ] as const) {
    it(`takes ${what} for ${fault ? 'a failure' : 'an answer'}`, async () => {
      reply = text
      await send()
      expect(ledger.entries.at(-1)?.fault).to.equal(fault)
    })
  }
})

describe('the audit', () => {
  it('finds writes that were acknowledged and are not there, and effects that are there twice', async () => {
    const run = `audit-${unique()}`
    const account = registration({ email: `${run}-a@example.org` })
    const person = await signedIn(account)
    await person.post('/products', product({ code: `${run}-there` }))
    const found = await audit(cluster(), run, [
      { kind: 'register', what: account.email, acknowledged: true },
      { kind: 'add product', what: `${run}-there`, acknowledged: true },
      { kind: 'add product', what: `${run}-failed`, acknowledged: false },
      { kind: 'add product', what: `${run}-lost`, acknowledged: true },
    ])
    expect(found).to.deep.equal({ lost: [`product ${run}-lost: 0 of 1`], doubled: [] })

    // A second sign-in that nobody asked for.
    await new Person().post('/login', account)
    const deeds = [{ kind: 'register' as const, what: account.email, acknowledged: true }]
    expect((await audit(cluster(), run, deeds)).doubled).to.deep.equal([`sessions of ${account.email}: 2 for 1`])
  })
})
