import { expect } from 'chai'
import { eventsOf } from '../../app/monitoring/events.js'
import type { Reading } from '../../app/monitoring/reader.js'
import { conditionOf, type Run, runsOf } from '../../app/monitoring/runs.js'
import type { Heartbeat, State } from '../../app/monitoring/store.js'
import { timelineOf } from '../../app/monitoring/timeline.js'

/** What is read from heartbeats; times in seconds. */
describe('what the heartbeats tell', () => {
  it('nothing, of replicas that beat on', () => {
    expect(eventsIn([...run('app1', 0, 30), ...run('app2', 0, 30)])).to.deep.equal([])
  })

  it('a death, after 3 s of silence and no earlier', () => {
    const until = (end: number) => [...run('app1', 0, end), ...run('app2', 0, 10)]
    expect(conditionAt(until(10))).to.equal('ready')
    expect(conditionAt(until(8))).to.equal('silent')
    expect(eventsIn(until(7))).to.deep.equal([])
    expect(conditionAt(until(6))).to.equal('killed')
    expect(eventsIn(until(6))).to.deep.equal(['6 app1 killed'])
  })

  it('silence, as soon as a heartbeat is late', () => {
    const beats = [...run('app1', 0, 8), ...run('app2', 0, 9)]
    expect(conditionAt(beats, 9.1)).to.equal('ready')
    expect(conditionAt(beats, 9.3)).to.equal('silent')
  })

  it('a death and a return, however short it was', () => {
    const beats = [...run('app1', 0, 5), ...run('app1', 6, 9), ...run('app2', 0, 9)]
    expect(eventsIn(beats)).to.deep.equal(['5 app1 killed', '6 app1 returned'])
  })

  it('an orderly end, which is no death', () => {
    const beats = [...run('app1', 0, 5, { 4: 'draining', 5: 'left' }), ...run('app2', 0, 20)]
    expect(conditionAt(beats)).to.equal('left')
    expect(eventsIn(beats)).to.deep.equal(['4 app1 draining'])
  })

  it('a replica that hung, which had seemed dead', () => {
    const hung = run('app1', 0, 20).filter(({ at }) => at <= 5_000 || at >= 12_000)
    expect(eventsIn([...hung, ...run('app2', 0, 20)])).to.deep.equal(['5 app1 hung', '12 app1 returned'])
  })

  it('the database’s absence, once, and of nobody’s death', () => {
    const around = ({ at }: Heartbeat) => at <= 5_000 || at >= 12_000
    const beats = ['app1', 'app2', 'app3'].flatMap((name) => run(name, 0, 20)).filter(around)
    expect(eventsIn(beats)).to.deep.equal(['5  database'])
  })

  it('nobody’s silence when the database is back and not all have written', () => {
    const beats = [...run('app1', 0, 5), ...run('app2', 0, 5), ...run('app2', 12, 13)]
    expect(conditionAt(beats, 13)).to.equal('ready')
    expect(conditionAt(beats, 13.3)).to.equal('silent')
  })

  it('values for each second, none for those in which a replica was dead', () => {
    const beats = sorted([...run('app1', 0, 5), ...run('app1', 9, 20), ...run('app2', 0, 20)])
    const { from, replicas } = timelineOf({ now: 20_000, beats }, 15)
    expect(from).to.equal(4)
    expect(replicas.app1?.requests).to.deep.equal([5, 5, null, null, null, ...Array(10).fill(5)])
    expect(replicas.app2?.requests).to.deep.equal(Array(15).fill(5))
  })
})

/** A beat a second from one to another. */
function run(replica: string, from: number, to: number, states: Record<number, State> = {}): Heartbeat[] {
  const name = `${replica} from ${from}`
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    id: index,
    at: (from + index) * 1000,
    replica,
    run: name,
    process: '1',
    version: '1',
    state: states[from + index] ?? 'ready',
    uptimeMs: 60_000 + index * 1000,
    spanMs: 1000,
    requests: 5,
    errors: 0,
    p50Ms: 1,
    p95Ms: 2,
    p99Ms: 3,
    inFlight: 1,
    lagMs: 1,
    memoryBytes: 1,
    poolUsed: 1,
    poolSize: 20,
  }))
}

function sorted(beats: Heartbeat[]): Heartbeat[] {
  return beats.toSorted((a, b) => a.at - b.at)
}

function eventsIn(beats: Heartbeat[]): string[] {
  return eventsOf(reading(beats)).map(({ kind, replica, at }) => `${at / 1000} ${replica} ${kind}`)
}

function conditionAt(beats: Heartbeat[], now?: number): string {
  const all = reading(beats, now)
  return conditionOf(runsOf(all.beats).get('app1')?.at(-1) as Run, all)
}

/** Read at the moment of the newest heartbeat, or at another. */
function reading(beats: Heartbeat[], now = Math.max(...beats.map(({ at }) => at)) / 1000): Reading {
  return { now: now * 1000, beats: sorted(beats) }
}
