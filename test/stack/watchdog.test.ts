import { once } from 'node:events'
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

  beforeEach(async () => {
    const endless = 'data:text/javascript,process.on("SIGUSR2", () => { for (;;); })'
    replica = await startReplica({ REPLICA_NAME: 'endless' }, ['--import', endless])
  })
  afterEach(() => {
    replica.process.kill('SIGKILL')
  })

  it('kills itself, and logs why', async () => {
    replica.process.kill('SIGUSR2')
    const [, signalled] = await Promise.race([once(replica.process, 'close'), sleep(enough * 1000, [])])
    expect(signalled).to.equal('SIGKILL')
    expect(replica.log()).to.contain('the event loop stood still for 2 s')
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
