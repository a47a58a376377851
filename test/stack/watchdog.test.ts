import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { waitUntil } from '../../stack/processes.js'
import { stateOf } from '../../stack/replicas.js'
import { type LoneReplica, startReplica } from '../lone-replica.js'
import { signedIn } from '../person.js'
import { allReady, replicaNamed, signal } from '../replica.js'

/** Until when a replica that hung must be dead, in seconds: after 2 s, on a machine that may be busy. */
const enough = 8

describe('a replica that is stopped from outside', () => {
  beforeEach(allReady)
  after(allReady)

  it('is killed and started again', async () => {
    const before = replicaNamed('app2').pid
    signal('app2', 'SIGSTOP')
    await waitUntil('app2 still hangs', enough, () => replicaNamed('app2').pid !== before)
    await waitUntil('app2 is not back', 20, async () => (await stateOf(replicaNamed('app2'))) === 'ready')
  })

  it('keeps nobody waiting for as long as nginx would', async () => {
    const person = await signedIn()
    signal('app3', 'SIGSTOP')
    const waits = Array.from({ length: 30 }, async () => {
      const since = Date.now()
      expect((await person.get('/products')).status).to.equal(200)
      return Date.now() - since
    })
    expect(Math.max(...(await Promise.all(waits)))).to.be.below(enough * 1000)
  })

  it('is left alone when it goes on within 2 s', async () => {
    const before = replicaNamed('app1').pid
    for (let each = 0; each < 3; each++) {
      signal('app1', 'SIGSTOP')
      await sleep(800)
      signal('app1', 'SIGCONT')
      await sleep(800)
    }
    expect(replicaNamed('app1').pid).to.equal(before)
  })
})

describe('a replica whose event loop stands still', () => {
  let replica: LoneReplica

  const startEndless = (output?: number) => {
    const endless = 'data:text/javascript,process.on("SIGUSR2", () => { for (;;); })'
    return startReplica({ REPLICA_NAME: 'endless' }, ['--import', endless], output)
  }
  beforeEach(async () => {
    replica = await startEndless()
  })
  afterEach(() => {
    replica.process.kill('SIGKILL')
  })

  it('kills itself, and logs why', async () => {
    expect(await endOf(replica)).to.equal('SIGKILL')
    expect(replica.log()).to.contain('the event loop stood still for 2 s')
  })

  it('kills itself where it cannot log why', async () => {
    const full = openSync('/dev/full', 'w')
    const silent = await startEndless(full)
    try {
      expect(await endOf(silent)).to.equal('SIGKILL')
    } finally {
      silent.process.kill('SIGKILL')
      closeSync(full)
    }
  })

  it('lives on after it was stopped as a whole, however long', async () => {
    for (let each = 0; each < 2; each++) {
      replica.process.kill('SIGSTOP')
      await sleep(3_000)
      replica.process.kill('SIGCONT')
      await sleep(1_500)
    }
    expect([replica.process.exitCode, replica.process.signalCode]).to.deep.equal([null, null])
  })
})

/** Lets it loop for ever. @returns what it was killed with, or undefined where it lives on */
async function endOf({ process }: LoneReplica) {
  process.kill('SIGUSR2')
  const [, signalled] = await Promise.race([once(process, 'close'), sleep(enough * 1000, [])])
  return signalled
}
