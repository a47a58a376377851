import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { deleteOldHeartbeats, findHeartbeats, type Heartbeat } from '../../app/monitoring/store.js'
import { waitUntil } from '../../stack/processes.js'
import { Person } from '../person.js'
import { allReady, replicaNamed, signal } from '../replica.js'
import { databases, folder, replicaAddresses, stack, withStore } from '../system.js'

describe('the heartbeats', () => {
  afterEach(allReady)

  it('tell each second what a replica is and does', async () => {
    await sleep(3_000)
    const { now, beats } = await readHeartbeats()
    for (const name of ['app1', 'app2', 'app3']) {
      const own = beats.filter(({ replica, at }) => replica === name && at > now - 3_000)
      expect(own.length, name).to.be.within(2, 4)
      const last = own.at(-1) as Heartbeat
      expect(last).to.include({ process: String(replicaNamed(name).pid), state: 'ready', poolSize: 20 })
      expect(last.version).to.match(/^\d+\.\d+\.\d+/)
      expect(last.memoryBytes).to.be.above(20_000_000)
      expect(last.spanMs).to.be.within(500, 3_000)
    }
  })

  it('count each request once, and health checks never', async () => {
    const address = replicaAddresses()[1] as string
    const counted = async () => {
      const [row] = await databases.users('heartbeats').where({ replica: 'app2' }).sum({ number: 'requests' })
      return Number(row?.number)
    }
    await sleep(1_500)
    const before = await counted()
    for (let each = 0; each < 25; each++) await new Person(address).get('/')
    for (const path of ['/livez', '/readyz', '/metrics']) await new Person(address).get(path)
    await waitUntil('not all were counted', 4, async () => (await counted()) - before >= 25)
    await sleep(1_500)
    expect((await counted()) - before).to.equal(25)
    const [last] = (await runOf('app2')).slice(-1)
    expect(last?.p50Ms).to.be.above(0)
    expect(last?.p99Ms).to.be.at.least(last?.p50Ms as number)
  })

  it('say that a replica leaves, and that it has left', async () => {
    const pid = String(replicaNamed('app3').pid)
    signal('app3', 'SIGTERM')
    const states = async () => (await runOf('app3', pid)).map(({ state }) => state)
    await waitUntil('it has not left', 5, async () => (await states()).at(-1) === 'left')
    expect((await states()).slice(-2)).to.deep.equal(['draining', 'left'])
  })

  it('stop while the database hangs, which no replica dies of, and go on when it is back', async () => {
    const pids = ['app1', 'app2', 'app3'].map((name) => replicaNamed(name).pid)
    const before = complaints()
    stack.database.process?.kill('SIGSTOP')
    try {
      await sleep(6_000)
      for (const address of replicaAddresses()) expect((await new Person(address).get('/livez')).status).to.equal(200)
    } finally {
      stack.database.process?.kill('SIGCONT')
    }
    const { now } = await readHeartbeats()
    await waitUntil('they do not go on', 10, async () => {
      const { beats } = await readHeartbeats(now)
      return new Set(beats.map(({ replica }) => replica)).size === 3
    })
    expect(['app1', 'app2', 'app3'].map((name) => replicaNamed(name).pid)).to.deep.equal(pids)
    expect(complaints()).to.deep.equal(before.map((count) => count + 1))
  })

  it('are kept for as long as the page shows, and then swept', async () => {
    const row = await databases.users('heartbeats').where({ replica: 'app1' }).first()
    const aged = (seconds: number) => ({
      ...row,
      id: undefined,
      life: 'swept',
      replica: 'swept',
      beat_at: databases.users.raw('UTC_TIMESTAMP(3) - INTERVAL ? SECOND', [seconds]),
    })
    const old = Array.from({ length: 1_100 }, () => aged(17 * 60))
    await databases.users('heartbeats').insert([...old, aged(15 * 60 + 5)])
    // The replicas' own ones may be as old by now.
    expect(await withStore('users', (connection) => deleteOldHeartbeats(connection, 100_000))).to.be.at.least(1_100)
    expect(await databases.users('heartbeats').where({ replica: 'swept' })).to.have.length(1)
    await databases.users('heartbeats').where({ replica: 'swept' }).delete()
  })
})

function readHeartbeats(after?: number) {
  return withStore('users', (connection) => findHeartbeats(connection, after))
}

async function runOf(name: string, pid = String(replicaNamed(name).pid)): Promise<Heartbeat[]> {
  const { beats } = await readHeartbeats()
  return beats.filter(({ replica, process }) => replica === name && process === pid)
}

/** How often each replica has logged that it cannot write. */
function complaints(): number[] {
  return ['app1', 'app2', 'app3'].map((name) => {
    return readFileSync(join(folder, `logs/${name}.log`), 'utf8').split('heartbeats cannot be written').length - 1
  })
}
