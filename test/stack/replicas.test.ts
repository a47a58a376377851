import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { waitUntil } from '../../stack/processes.js'
import { readRecords, stateOf } from '../../stack/replicas.js'
import { Person, product, signedIn } from '../person.js'
import { allReady, replicaNamed, signal } from '../replica.js'
import { databases, folder, stack } from '../system.js'

describe('the replicas', () => {
  beforeEach(allReady)
  after(allReady)

  it('get a third of the requests each', async () => {
    const counts: Record<string, number> = {}
    for (let each = 0; each < 300; each++) {
      const { servedBy } = await new Person().get('/')
      counts[servedBy as string] = (counts[servedBy as string] ?? 0) + 1
    }
    expect(Object.keys(counts).sort()).to.deep.equal(['app1', 'app2', 'app3'])
    for (const count of Object.values(counts)) expect(count, JSON.stringify(counts)).to.be.within(95, 105)
  })

  it('keep a person signed in when the one that served them is killed, and the next answers at once', async () => {
    const person = await signedIn()
    const { servedBy } = await person.get('/products')
    signal(servedBy as string, 'SIGKILL')
    for (let each = 0; each < 6; each++) {
      const { status, servedBy: next } = await person.get('/products')
      expect(status).to.equal(200)
      expect(next).not.to.equal(servedBy)
    }
  })

  it('come back by themselves', async () => {
    const before = replicaNamed('app2').pid
    signal('app2', 'SIGKILL')
    await waitUntil('app2 is not back', 20, async () => {
      const record = replicaNamed('app2')
      return record.pid !== before && (await stateOf(record)) === 'ready'
    })
  })

  it('were compiled at the build, for the options that they run with', () => {
    const [node, ...given] = readFileSync(`/proc/${replicaNamed('app1').pid}/cmdline`, 'utf8').split('\0')
    const options = given.filter((each) => each.startsWith('--'))
    const program = `import { loadBundle } from '${resolve('dist/app/bundle.js')}'
      console.log(loadBundle().script.cachedDataRejected)
      process.exit()`
    const printed = execFileSync(node as string, [...options, '--input-type=module', '--eval', program])
    expect(printed.toString().trim()).to.equal('false')
  })

  it('leave no open log behind in the stack when they are started again', async () => {
    signal('app1', 'SIGKILL')
    await allReady()
    const open = readdirSync('/proc/self/fd').map((fd) => linkOf(`/proc/self/fd/${fd}`))
    expect(open.filter((file) => file.startsWith(join(folder, 'logs')))).to.deep.equal([])
  })

  it('let those that serve go first while they start, and then are equal to them', async function () {
    const niceOf = (pid: number | null) => readFileSync(`/proc/${pid}/autogroup`, 'utf8').trim().split('nice ')[1]
    if (!existsSync('/proc/self/autogroup')) return this.skip() // a kernel without them
    const before = replicaNamed('app2').pid
    signal('app2', 'SIGKILL')
    await waitUntil('app2 does not start behind the others', 5, () => {
      const { pid } = replicaNamed('app2')
      return pid !== null && pid !== before && niceOf(pid) === '19'
    })
    await waitUntil('app2 stays behind the others', 20, () => niceOf(replicaNamed('app2').pid) === '0')
  })

  it('lose no request and double no write when one is killed under load', async () => {
    const person = await signedIn()
    const drafts = Array.from({ length: 150 }, () => product())
    const writes = drafts.map(async (draft, each) => {
      await sleep(each * 10)
      return (await person.post('/products', draft)).status
    })
    await sleep(400)
    signal('app1', 'SIGKILL')
    await sleep(600)
    signal('app3', 'SIGKILL')
    expect(new Set(await Promise.all(writes))).to.deep.equal(new Set([303]))
    const rows = await databases.products('products').whereIn(
      'code',
      drafts.map(({ code }) => code),
    )
    expect(rows).to.have.length(drafts.length)
  })

  it('lose no request when one leaves, and it ends by itself', async () => {
    const person = await signedIn()
    const before = replicaNamed('app2').pid
    const reads = Array.from({ length: 200 }, async (_, each) => {
      await sleep(each * 5)
      return (await person.get('/products')).status
    })
    await sleep(200)
    signal('app2', 'SIGTERM')
    await waitUntil('app2 has not ended', 5, () => replicaNamed('app2').pid !== before)
    expect(new Set(await Promise.all(reads))).to.deep.equal(new Set([200]))
  })

  it('are replaced one by one without a failed request', async () => {
    const person = await signedIn()
    // The reload at the end closes idle connections, and fetch would send on one at that very moment.
    Object.assign(person.headers, { connection: 'close' })
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
    signal('app1', 'SIGSTOP')
    expect(await stateOf(replicaNamed('app1'))).to.equal('hung')
    signal('app1', 'SIGCONT')
    signal('app1', 'SIGKILL')
    await waitUntil('app1 is not seen as down', 2, async () => (await stateOf(replicaNamed('app1'))) === 'down')
  })
})

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // the one that listed the others
  }
}
