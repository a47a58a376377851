import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { waitUntil } from '../../stack/processes.js'
import { readRecords, stateOf } from '../../stack/replicas.js'
import { Person, product, signedIn } from '../person.js'
import { databases, folder, stack } from '../system.js'

describe('the replicas', () => {
  afterEach(allReady)

  it('get a third of the requests each', async () => {
    const counts: Record<string, number> = {}
    for (let each = 0; each < 300; each++) {
      const { servedBy } = await new Person().get('/')
      counts[servedBy as string] = (counts[servedBy as string] ?? 0) + 1
    }
    expect(Object.keys(counts).sort()).to.deep.equal(['app1', 'app2', 'app3'])
    for (const count of Object.values(counts)) expect(count).to.be.within(95, 105)
  })

  it('keep a person signed in when the one that served them is killed, and the next answers at once', async () => {
    const person = await signedIn()
    const { servedBy } = await person.get('/products')
    kill(servedBy as string, 'SIGKILL')
    for (let each = 0; each < 6; each++) {
      const { status, servedBy: next } = await person.get('/products')
      expect(status).to.equal(200)
      expect(next).not.to.equal(servedBy)
    }
  })

  it('come back by themselves', async () => {
    const before = recordOf('app2').pid
    kill('app2', 'SIGKILL')
    await waitUntil('app2 is not back', 20, async () => {
      const record = recordOf('app2')
      return record.pid !== before && (await stateOf(record)) === 'ready'
    })
  })

  it('let those that serve go first while they start, and then are equal to them', async function () {
    const niceOf = (pid: number | null) => readFileSync(`/proc/${pid}/autogroup`, 'utf8').trim().split('nice ')[1]
    if (!existsSync('/proc/self/autogroup')) return this.skip() // a kernel without them
    const before = recordOf('app2').pid
    kill('app2', 'SIGKILL')
    await waitUntil('app2 does not start behind the others', 5, () => {
      const { pid } = recordOf('app2')
      return pid !== null && pid !== before && niceOf(pid) === '19'
    })
    await waitUntil('app2 stays behind the others', 20, () => niceOf(recordOf('app2').pid) === '0')
  })

  it('lose no request and double no write when one is killed under load', async () => {
    const person = await signedIn()
    const drafts = Array.from({ length: 150 }, () => product())
    const writes = drafts.map(async (draft, each) => {
      await sleep(each * 10)
      return (await person.post('/products', draft)).status
    })
    await sleep(400)
    kill('app1', 'SIGKILL')
    await sleep(600)
    kill('app3', 'SIGKILL')
    expect(new Set(await Promise.all(writes))).to.deep.equal(new Set([303]))
    const rows = await databases.products('products').whereIn(
      'code',
      drafts.map(({ code }) => code),
    )
    expect(rows).to.have.length(drafts.length)
  })

  it('lose no request when one leaves, and it ends by itself', async () => {
    const person = await signedIn()
    const before = recordOf('app2').pid as number
    const reads = Array.from({ length: 200 }, async (_, each) => {
      await sleep(each * 5)
      return (await person.get('/products')).status
    })
    await sleep(200)
    kill('app2', 'SIGTERM')
    await waitUntil('app2 has not ended', 5, () => recordOf('app2').pid !== before)
    expect(new Set(await Promise.all(reads))).to.deep.equal(new Set([200]))
  })

  it('are replaced one by one without a failed request', async () => {
    const person = await signedIn()
    const before = readRecords(folder).map(({ pid }) => pid)
    const restart = promisify(execFile)('npm', ['run', '-s', 'rolling-restart'], {
      env: { ...process.env, BODEGA_FOLDER: folder },
    })
    let done = false
    restart.finally(() => {
      done = true
    })
    const statuses = new Set<number>()
    while (!done) {
      const form = product()
      statuses.add((await person.post('/products', form)).status).add((await person.get('/products')).status)
    }
    expect((await restart).stdout).to.contain('All 3 replicas were replaced')
    expect(statuses).to.deep.equal(new Set([303, 200]))
    for (const { pid } of readRecords(folder)) expect(before).not.to.include(pid)
  })

  it('are listed for programs with their own process ids', async () => {
    const listing = execFileSync('npm', ['run', '-s', 'replicas', '--', '--json'], {
      encoding: 'utf8',
      env: { ...process.env, BODEGA_FOLDER: folder },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const expected = stack.replicas.map(({ process }, index) => {
      return { name: `app${index + 1}`, pid: process?.pid, port: readRecords(folder)[index]?.port, state: 'ready' }
    })
    expect(JSON.parse(listing)).to.deep.equal(expected)
  })

  it('are listed as hung or down when they are', async () => {
    kill('app1', 'SIGSTOP')
    expect(await stateOf(recordOf('app1'))).to.equal('hung')
    kill('app1', 'SIGCONT')
    kill('app1', 'SIGKILL')
    await waitUntil('app1 is not seen as down', 2, async () => (await stateOf(recordOf('app1'))) === 'down')
  })
})

function recordOf(name: string) {
  const record = readRecords(folder).find((each) => each.name === name)
  if (!record) throw new Error(`there is no ${name}`)
  return record
}

function kill(name: string, signal: NodeJS.Signals) {
  process.kill(recordOf(name).pid as number, signal)
}

async function allReady() {
  await waitUntil('the replicas are not all ready', 10, async () => {
    const states = await Promise.all(readRecords(folder).map(stateOf))
    return states.every((state) => state === 'ready')
  })
}
