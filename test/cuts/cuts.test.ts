import { expect } from 'chai'
import { type Bench, startBench } from './bench.js'
import type { Cut } from './link.js'
import { type Transactions, watchTransactions } from './transactions.js'
import { type Write, writes } from './writes.js'

/** How many cuts are made at a time: resets keep the processors busy, and silences wait. */
const parallel = { reset: 3, silence: 10 }

/** Every write, with its connection cut at every packet that there is: it is done once, and its answer says so. */
describe('cuts: a write whose connection to a database is cut', () => {
  const benches: Record<Cut['how'], Bench[]> = { reset: [], silence: [] }
  let transactions: Transactions

  before(async function () {
    this.timeout(120_000)
    transactions = await watchTransactions()
    for (const how of ['reset', 'silence'] as const) {
      while (benches[how].length < parallel[how]) benches[how].push(await startBench(transactions))
    }
  })
  after(async () => {
    await Promise.all([...benches.reset, ...benches.silence].map((bench) => bench.stop()))
    await transactions.close()
  })

  for (const write of writes) {
    it(`${write.name} is done once, whatever packet it is cut at`, async function () {
      this.timeout(180_000)
      const packets = await (benches.reset[0] as Bench).record(write)
      const cuts = [...resetsAt(packets), ...silencesAt(packets)]
      await make(cuts.map((cut) => ({ write, cut })))
    })
  }

  it('a COMMIT whose answer is lost: every write is done once', async () => {
    const lost = (packet: string): Cut => ({ packet, when: 'before', how: 'reset' })
    const committing = writes.filter(({ repeated }) => !repeated)
    await make(committing.map((write) => ({ write, cut: lost(`${write.database}: COMMIT ← 2`) })))
  })

  /** @throws {AssertionError} with all that ended wrongly */
  async function make(cuts: Planned[]) {
    const failures = await Promise.all([onBenches('reset', cuts), onBenches('silence', cuts)])
    expect(failures.flat()).to.deep.equal([])
  }

  /** Makes the cuts of a kind, each on a bench that is free. @returns what went wrong */
  async function onBenches(how: Cut['how'], cuts: Planned[]): Promise<string[]> {
    const queue = cuts.filter(({ cut }) => cut.how === how).values()
    const failures: string[] = []
    const work = async (bench: Bench) => {
      for (const { write, cut } of queue) {
        const failed = ({ message }: Error) =>
          failures.push(`${write.name}, ${cut.how} ${cut.when} ${cut.packet}: ${message}`)
        await bench.cut(write, cut).catch(failed)
      }
    }
    await Promise.all(benches[how].map(work))
    return failures
  }
})

interface Planned {
  write: Write
  cut: Cut
}

function resetsAt(packets: string[]): Cut[] {
  return packets.flatMap((packet) => [
    { packet, when: 'before', how: 'reset' },
    { packet, when: 'after', how: 'reset' },
  ])
}

/** After a packet it is what it is before the next one, but for the last of a connection. */
function silencesAt(packets: string[]): Cut[] {
  const databaseOf = (packet: string | undefined) => packet?.split(':')[0]
  const last = packets.filter((packet, index) => databaseOf(packet) !== databaseOf(packets[index + 1]))
  return [
    ...packets.map((packet): Cut => ({ packet, when: 'before', how: 'silence' })),
    ...last.map((packet): Cut => ({ packet, when: 'after', how: 'silence' })),
  ]
}
