import { expect } from 'chai'
import pLimit from 'p-limit'
import { databases } from '../system.js'
import { type Bench, startBench } from './bench.js'
import type { Cut } from './link.js'
import { type Transactions, watchTransactions } from './transactions.js'
import { commits, type Write } from './write.js'
import { writes } from './writes.js'

/** How many cuts are made at a time, where mail is set up and where it is not: most of a cut is waiting. */
const parallel = { mail: 8, noMail: 32 }

/** Every write, with its connection cut at every packet that there is: it is done once, and its answer says so. */
describe('cuts: a write whose connection to a database is cut', () => {
  let transactions: Transactions
  const benches: Bench[] = []
  const free: Record<keyof typeof parallel, Bench[]> = { mail: [], noMail: [] }
  const turns = { mail: pLimit(parallel.mail), noMail: pLimit(parallel.noMail) }
  /** What went wrong with each write: the cuts of all are made together. */
  const failures = new Map<Write, Promise<string[]>>()

  before(async function () {
    this.timeout(120_000)
    transactions = await watchTransactions()
    // Together, so that none waits so long that it closes its idle connections.
    const start = async (kind: keyof typeof parallel) => {
      const starts = Array.from({ length: parallel[kind] }, () => startBench(transactions, kind === 'mail'))
      free[kind] = await Promise.all(starts)
      benches.push(...free[kind])
    }
    await Promise.all([start('mail'), start('noMail')])
    for (const write of writes) failures.set(write, makeCuts(write))
  })
  after(async () => {
    await Promise.all(benches.map((bench) => bench.stop()))
    // Else the next replica that sends mail has all of theirs to send first.
    await databases.users('mails').delete()
    await transactions.close()
  })

  for (const write of writes) {
    it(`${write.name} is done once, whatever packet it is cut at`, async function () {
      this.timeout(600_000)
      expect(await failures.get(write)).to.deep.equal([])
    })
  }

  async function makeCuts(write: Write): Promise<string[]> {
    try {
      const packets = await onBench(write, (bench) => bench.record(write))
      if (commits(write)) expect(packets).to.include(`${write.database}: COMMIT ← 2`)
      const edges = edgesOf(packets)
      const cuts = [...silencesAt(edges), ...resetsAt(edges)]
      return (await Promise.all(cuts.map((cut) => makeCut(write, cut)))).flat()
    } catch (error) {
      return [(error as Error).message]
    }
  }

  async function makeCut(write: Write, cut: Cut): Promise<string[]> {
    try {
      await onBench(write, (bench) => bench.cut(write, cut))
      return []
    } catch (error) {
      return [`${cut.how} ${cut.when} ${cut.packet}: ${(error as Error).message}`]
    }
  }

  function onBench<T>({ mail }: Write, work: (bench: Bench) => Promise<T>): Promise<T> {
    const kind = mail ? 'mail' : 'noMail'
    return turns[kind](async () => {
      const bench = free[kind].pop() as Bench
      return work(bench).finally(() => free[kind].push(bench))
    })
  }
})

/** Of the packets of one answer the first, one between, and the last: a part of an answer is a part, wherever it ends. */
function edgesOf(packets: string[]): string[] {
  const answerOf = (packet: string | undefined) => packet?.replace(/(?<= ←) \d+$/, '')
  return packets.filter((packet, index) => {
    const [previous, next] = [packets[index - 1], packets[index + 1]]
    const isBetween = [previous, next].every((other) => answerOf(other) === answerOf(packet))
    return !isBetween || answerOf(packets[index - 2]) !== answerOf(packet)
  })
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
