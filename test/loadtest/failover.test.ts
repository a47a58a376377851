import { expect } from 'chai'
import { audit } from '../../loadtest/failover/audit.js'
import { localCluster } from '../../loadtest/failover/local-cluster.js'
import { breachesOf } from '../../loadtest/failover/promises.js'
import { reportOf } from '../../loadtest/failover/report.js'
import { type Run, runScenario } from '../../loadtest/failover/run.js'
import { runStatsOf } from '../../loadtest/failover/run-stats.js'
import { type Fault, type Scenario, scenarios } from '../../loadtest/failover/scenarios.js'
import type { Outcome } from '../../loadtest/stats/outcome.js'
import { readStackRecord, type StackRecord } from '../../stack/record.js'
import { Person, product, registration, signedIn, unique } from '../person.js'
import { databases, folder } from '../system.js'
import { uploadFile } from '../uploads.js'

const cluster = () => localCluster(folder, readStackRecord(folder) as StackRecord)

describe('the failover suite', function () {
  this.timeout(180_000)

  for (const scenario of scenarios) {
    it(`${scenario.name}: nothing lost, nothing doubled, nobody signed out`, async () => {
      // Few enough requests that a busy machine, too, has time for all of them.
      const options = { rate: 40, rounds: scenario.rounds.short, say: () => {} }
      const run = await runScenario(cluster(), scenario, options)
      expect(run.faults.length).to.be.at.least(scenario.rounds.short)
      expect(run.outcomes.length).to.be.above(100)
      const report = reportOf([run], { timed: false, rate: 40 })
      expect(breachesOf(runStatsOf(run), false), JSON.stringify(report.tables.at(-1)?.rows)).to.deep.equal([])
    })
  }
})

describe('the report of a failover run', () => {
  it('moves no line before the fault that moves it, and leaves out the unfinished end', () => {
    const outcomes = each100ms(6.3, (second) => ({ replica: second < 3.2 ? 'app1' : 'app2' }))
    const [chart] = chartsOf(runOf({ outcomes, faults: [{ at: 3_200, label: 'app1 killed' }] }))
    const app1 = chart?.lines.find(({ label }) => label === 'app1')?.values as number[]
    const before = (chart?.seconds ?? []).filter((second) => second <= 3.2)
    expect(app1.slice(0, before.length)).to.deep.equal(before.map(() => 10))
    expect(app1.slice(before.length + 1)).to.deep.equal(app1.slice(before.length + 1).map(() => 0))
    expect(chart?.lines.find(({ label }) => label === 'all')?.values).to.deep.equal(Array(12).fill(10))
    expect(chart?.seconds.at(-1)).to.equal(6)
  })

  it('excuses failures of a database that is away, but none that are due later than 3 s after', () => {
    const scenario = scenarios.find(({ name }) => name === 'database-hang') as Scenario
    const faults = [{ at: 2_000, until: 12_000, recovered: 12_500, label: 'database hung' }]
    const failing = (from: number, to: number) =>
      each100ms(20, (second) => (second >= from && second < to ? { error: 'status 503 instead of 200' } : {}))
    const breaches = (outcomes: Outcome[]) => breachesOf(runStatsOf(runOf({ scenario, faults, outcomes })), true)
    expect(breaches(failing(2, 15))).to.deep.equal([])
    expect(breaches(failing(2, 15.2))).to.deep.equal([
      'database-hang: requests failed while the system was whole 2, promised 0',
    ])
    expect(breaches(failing(0.5, 0.6))).to.have.length(1)
    const slow = each100ms(20, (second) => (second >= 15 && second < 17 ? { ended: (second + 2) * 1000 } : {}))
    expect(breaches(slow)).to.deep.equal(['database-hang: p99 ms when it should be normal again 2000, promised 1000'])
  })
})

function chartsOf(run: Run) {
  return reportOf([run], { timed: true, rate: 10 }).charts
}

function each100ms(seconds: number, differing: (second: number) => Partial<Outcome>): Outcome[] {
  return Array.from({ length: Math.round(seconds * 10) }, (_, each) => {
    const due = each * 100
    return { step: 'try', write: false, due, ended: due + 5, replica: 'app1', ...differing(due / 1000) }
  })
}

function runOf(run: { outcomes: Outcome[]; faults: Fault[]; scenario?: Scenario }): Run {
  const ended = run.outcomes.length * 100
  const [scenario] = scenarios as [Scenario]
  return { scenario, started: 0, ended, audit: { lost: [], doubled: [] }, signedOut: 0, ...run }
}

describe('the audit', () => {
  it('finds writes that were acknowledged and are not there, and effects that are there twice', async () => {
    const run = `audit-${unique()}`
    const account = registration({ email: `${run}-a@example.org` })
    const person = await signedIn(account)
    await person.post('/products', product({ code: `${run}-there` }))
    const found = await audit(cluster(), run, [
      { kind: 'register', key: account.email, acknowledged: true },
      { kind: 'add product', key: `${run}-there`, acknowledged: true },
      { kind: 'add product', key: `${run}-failed`, acknowledged: false },
      { kind: 'add product', key: `${run}-lost`, acknowledged: true },
    ])
    expect(found).to.deep.equal({ lost: [`product ${run}-lost: 0 of 1`], doubled: [] })

    // A second sign-in that nobody asked for.
    await new Person().post('/login', account)
    const writes = [{ kind: 'register' as const, key: account.email, acknowledged: true }]
    expect((await audit(cluster(), run, writes)).doubled).to.deep.equal([`sessions of ${account.email}: 2 for 1`])
  })

  it('finds a product that was deleted and is there, and a file that was taken twice', async () => {
    const run = `audit-${unique()}`
    const person = await signedIn()
    const { code } = product({ code: `${run}-there` })
    await person.post('/products', product({ code }))
    const name = `${run}-a.csv`
    for (const _ of [1, 2]) await uploadFile(person, 'name,code', { name })
    const found = await audit(cluster(), run, [
      { kind: 'add product', key: code, acknowledged: true },
      { kind: 'delete product', key: code, acknowledged: true },
      { kind: 'upload file', key: name, acknowledged: true },
    ])
    expect(found).to.deep.equal({ lost: [], doubled: [`product ${code}: 1 for 0`, `file ${name}: 2 for 1`] })
  })

  describe('of movements', () => {
    let run: string
    let id: number
    const moved = () => ({ kind: 'move units' as const, key: `${run}-moved`, acknowledged: true })
    const lost = async () => (await audit(cluster(), run, [])).lost
    const entry = (number: number) => databases.products('movements').where({ product_id: id, number })

    beforeEach(async () => {
      run = `audit-${unique()}`
      const person = await signedIn()
      const { location } = await person.post('/products', product({ code: `${run}-moved` }))
      id = Number(/\d+/.exec(location as string)?.[0])
      for (const units of ['1', '2', '3']) await person.post(`/products/${id}/movements`, { kind: 'in', units })
    })

    it('finds one too many', async () => {
      expect(await audit(cluster(), run, [moved(), moved(), moved()])).to.deep.equal({ lost: [], doubled: [] })
      expect((await audit(cluster(), run, [moved()])).doubled).to.deep.equal([`movements of ${run}-moved: 3 for 1`])
    })

    for (const [what, breakIt] of [
      ['one in the middle is gone', () => entry(2).delete()],
      ['the last is gone', () => entry(3).delete()],
      ['one does not lead to its balance', () => entry(2).update({ balance: 9 })],
      ['the last does not lead to the units', () => entry(3).update({ units: 4, balance: 12 })],
    ] as const) {
      it(`finds a journal that does not add up: ${what}`, async () => {
        expect(await lost()).to.deep.equal([])
        await breakIt()
        expect(await lost()).to.deep.equal([`journal of ${run}-moved: does not add up to its units`])
      })
    }
  })
})
