import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { load } from 'cheerio'
import type { Result } from '../../loadtest/load/results/result.js'
import { scenarios } from '../../loadtest/load/scenarios.js'
import { waitUntil } from '../../stack/processes.js'
import { readRecords, stateOf } from '../../stack/replicas.js'
import { databases, folder, stack } from '../system.js'

/** As people run it, each time for a moment. What is asserted is never how fast the machine is. */
describe('npm run loadtest', () => {
  const noLimits = join(folder, 'no-limits.json')
  before(() => writeLimits(noLimits, {}))

  for (const scenario of Object.keys(scenarios)) {
    it(`${scenario}: no errors, all replicas take part, and what was written is in the databases`, async () => {
      const before = await rows()
      const { code, result, output } = await run('--scenario', scenario, '--connections', '3')
      expect(code, output).to.equal(0)
      const { stats } = result
      expect(stats.errorsByKind).to.deep.equal({})
      expect(stats.requests).to.be.above(2)
      expect(stats.replicas.map(({ name }) => name)).to.deep.equal(['app1', 'app2', 'app3'])
      expect(sum(stats.replicas)).to.equal(stats.requests)
      expect(sum(stats.steps)).to.equal(stats.requests)
      expect(stats.timeline.reduce((all, { answered }) => all + answered, 0)).to.equal(stats.requests)

      const after = await rows()
      const people = scenario === 'welcome' ? 0 : 3
      const [added, signedIn, signedOut] = ['/products', '/login', '/logout'].map((path) => {
        return stats.steps.find(({ name }) => name === `POST ${path}`)?.requests ?? 0
      }) as [number, number, number]
      const stocked = after.products - before.products - added
      expect(stocked, 'products added so that there is something to read').to.be.within(0, 40)
      expect(after.productWrites - before.productWrites).to.equal(added + stocked)
      expect(after.users - before.users).to.equal(people)
      expect(after.userWrites - before.userWrites).to.equal(people + signedIn + signedOut)
      expect(after.sessions - before.sessions).to.equal(people + signedIn - signedOut)
      expect(result.environment.products).to.equal(after.products)
    })
  }

  it('the journeys do what their names say', async () => {
    const steps = async (scenario: string) =>
      (await run('--scenario', scenario, '--connections', '2')).result.stats.steps
    expect((await steps('sign-in')).map(({ name }) => name)).to.include.members(['GET /login', 'POST /login'])
    expect((await steps('register-products')).map(({ name }) => name)).to.have.members([
      'GET /products/:id',
      'GET /products/new',
      'POST /products',
    ])
  })

  it('a limit that is broken is named, and the exit code is 1', async () => {
    const limits = join(folder, 'narrow-limits.json')
    writeLimits(limits, { p50: 0.001, fairness: 0.1 })
    const { code, output, html } = await run('--limits', limits)
    expect(code).to.equal(1)
    expect(output).to.match(/✗ Failed: p50 is [\d.]+ ms, above the limit of 0.001 ms\. /)
    expect(load(html)('.verdict').text()).to.contain('above the limit of 0.001 ms')
  })

  it('--compare stands beside the earlier run, and the exit code is 1 where this one is worse than it may be', async () => {
    const { result, json } = await run()
    const { latency } = result.stats
    const better = join(folder, 'better.json')
    writeFileSync(
      better,
      JSON.stringify({ ...result, stats: { ...result.stats, latency: { ...latency, p95: 0.001 } } }),
    )
    const worse = await run('--compare', better)
    expect(worse.code).to.equal(1)
    expect(worse.output).to.match(/p95 \+\d+ %, worse than the limit of 10 %/)

    const slow = join(folder, 'slow.json')
    writeFileSync(slow, JSON.stringify({ ...result, stats: { ...result.stats, latency: { ...latency, p95: 60_000 } } }))
    const good = await run('--compare', slow)
    expect(good.code, good.output).to.equal(0)
    expect(good.output).to.match(/p95 −\d+ %, better/)
    expect(load(good.html)('thead').first().text().trim()).to.equal('MeasureThis runEarlier runChange')

    const other = await run('--compare', json, '--connections', '5')
    expect([other.code, other.output]).to.satisfy(
      ([code, text]: [number, string]) => code === 2 && /another load/.test(text),
    )
  })

  it('--rate keeps its pace while a replica hangs, and all that waited meanwhile shows', async () => {
    const child = start('--rate', '60', '--duration', '3', '--connections', '2')
    await child.printed('measuring, seconds: 1 of 3')
    const pid = readRecords(folder)[0]?.pid as number
    process.kill(pid, 'SIGSTOP')
    await sleep(1200).finally(() => process.kill(pid, 'SIGCONT'))
    const { stats } = (await child.finished()).result
    expect([stats.requests, stats.errors]).to.deep.equal([180, 0])
    // Some 70 of 180 were due while both connections hung at that replica; without their waiting only two were slow.
    expect(stats.latency.p90).to.be.at.least(300)
    expect(stats.latency.max).to.be.at.least(900)
    await waitUntil('the replicas are not ready', 10, async () => {
      return (await Promise.all(readRecords(folder).map(stateOf))).every((state) => state === 'ready')
    })
  })

  it('--seed-products fills the catalogue up to that number, with products that people could have typed', async () => {
    const there = (await rows()).products
    const { result, output } = await run('--seed-products', String(there + 2500))
    expect(output).to.contain('filling the catalogue: 2,500 of 2,500')
    expect(result.environment.products).to.equal(there + 2500)
    expect((await rows()).products).to.equal(there + 2500)
    const [newest] = await databases.products('products').orderBy('id', 'desc').limit(1)
    expect(newest.name).to.match(/^\p{L}[\p{L}\d -]+$/u)
    expect(await databases.users('users').where({ id: newest.created_by })).to.have.length(1)
    expect(Math.abs(Date.now() - newest.created_at.getTime())).to.be.below(60_000)

    await run('--seed-products', '10')
    expect((await rows()).products).to.equal(there + 2500)
  })

  it('tells its environment, and the report is the one that was printed', async () => {
    const { result, html, output } = await run()
    expect(result.environment.database).to.match(/MariaDB|^\d/)
    expect(result.environment.nginx).to.match(/^\d+\.\d+/)
    expect(result.environment.replicaNode).to.equal(process.version)
    expect(result.generator.busy).to.be.within(0, 1)
    const $ = load(html)
    expect($('h1').text()).to.equal('Load test: welcome')
    expect(
      $('h2')
        .map((_, each) => $(each).text())
        .get(),
    ).to.include.members(['Results', 'By replica', 'Environment'])
    expect(output).to.contain(result.environment.database as string)
  })

  it('says so where no system answers, or another one', async () => {
    const { code, output } = await run('--base-url', 'http://127.0.0.1:1')
    expect(code).to.equal(1)
    expect(output).to.contain('No Bodega answers at http://127.0.0.1:1').and.to.contain('npm start')

    const other = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const found = await run('--base-url', `http://127.0.0.1:${(other.address() as AddressInfo).port}`)
    other.close()
    expect([found.code, found.output.includes('is no Bodega')]).to.deep.equal([1, true])
  })

  const wrong: [string, string[], string][] = [
    ['an unknown scenario', ['--scenario', 'fly'], 'Allowed choices are welcome, sign-in,'],
    ['a rate that is no number', ['--rate', '1e3'], 'must be a whole number from 1 to'],
    ['no duration at all', ['--duration', '0'], 'must be a whole number from 1 to'],
    ['an address that is none', ['--base-url', 'localhost'], 'must be an address such as'],
    ['an option that does not exist', ['--speed', '3'], "unknown option '--speed'"],
    ['a comparison with a file that is no result', ['--compare', 'package.json'], 'package.json cannot be used'],
    ['a limits file that is not there', ['--limits', 'nowhere.json'], 'nowhere.json cannot be used'],
  ]
  for (const [what, args, message] of wrong) {
    it(`refuses ${what} with exit code 2`, async () => {
      const { code, output } = await run(...args)
      expect(code).to.equal(2)
      expect(output).to.contain(message)
    })
  }

  /** Later arguments win over those that keep it short. */
  function start(...args: string[]) {
    const short = ['--scenario', 'welcome', '--connections', '3', '--duration', '1', '--warm-up', '0']
    const own = ['--base-url', stack.url, '--limits', noLimits]
    const child = spawn('npm', ['run', '-s', 'loadtest', '--', ...short, ...own, ...args], {
      env: { ...process.env, BODEGA_FOLDER: folder },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
    return {
      printed: (text: string) => waitUntil(`"${text}" is not printed`, 20, () => output.includes(text)),
      finished: async () => outcomeOf(await exitCode(child), output),
    }
  }

  async function run(...args: string[]) {
    return start(...args).finished()
  }
})

function outcomeOf(code: number | null, output: string) {
  const written = (ending: string) => new RegExp(`^/.*\\.${ending}$`, 'm').exec(output)?.[0] ?? ''
  return {
    code,
    output,
    json: written('json'),
    get result(): Result {
      return JSON.parse(readFileSync(written('json'), 'utf8'))
    },
    get html(): string {
      return readFileSync(written('html'), 'utf8')
    },
  }
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'close')
  return code
}

function writeLimits(file: string, welcome: object) {
  writeFileSync(file, JSON.stringify({ scenarios: { welcome }, comparison: { p95: 10 } }))
}

function sum(counts: { requests: number }[]): number {
  return counts.reduce((all, { requests }) => all + requests, 0)
}

async function rows() {
  const count = async (database: 'users' | 'products', table: string) => {
    const [row] = await databases[database](table).count({ number: '*' })
    return Number(row?.number)
  }
  return {
    products: await count('products', 'products'),
    productWrites: await count('products', 'idempotency_keys'),
    users: await count('users', 'users'),
    userWrites: await count('users', 'idempotency_keys'),
    sessions: await count('users', 'sessions'),
  }
}
