import type { Reading } from './reader.js'
import type { Heartbeat, State } from './store.js'

/** One run of a replica, from its start to its end; it has one heartbeat at least. */
export interface Run {
  replica: string
  beats: Heartbeat[]
  first: Heartbeat
  last: Heartbeat
}

/**
 * After how long without a heartbeat a replica counts as silent, and as dead, in milliseconds. Heartbeats are a second
 * apart, and 1.11 s at most where load kept two cores busy.
 */
const silentAfter = 1_200
export const deadAfter = 3_000

/** What a replica says of itself, or what its silence says. */
export type Condition = State | 'silent' | 'killed'

/** The runs of each replica in the order of their starts; the names in the order in which people count: app2, app10. */
export function runsOf(beats: Heartbeat[]): Map<string, Run[]> {
  const runs = new Map<string, Run>()
  for (const beat of beats) {
    const run = runs.get(beat.run)
    if (run) {
      run.beats.push(beat)
      run.last = beat
    } else {
      runs.set(beat.run, { replica: beat.replica, beats: [beat], first: beat, last: beat })
    }
  }
  const all = [...runs.values()]
  const names = [...new Set(all.map(({ replica }) => replica))]
  names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return new Map(names.map((name) => [name, all.filter(({ replica }) => replica === name)]))
}

export function conditionOf(run: Run, reading: Reading): Condition {
  if (hasLeft(run)) return 'left'
  const silence = silenceOf(run, reading)
  if (silence > deadAfter) return 'killed'
  return silence > silentAfter ? 'silent' : run.last.state
}

/** Whether a run ended in good order. */
export function hasLeft({ beats }: Run): boolean {
  return beats.some(({ state }) => state === 'left')
}

/**
 * For how long others were heard and this run was not, in milliseconds. While the database is away nobody can write, and
 * nobody is dead for that: a time in which no replica was heard does not count.
 */
function silenceOf({ last }: Run, { beats, now }: Reading): number {
  const later = beats.slice(beats.lastIndexOf(last) + 1).map(({ at }) => at)
  const moments = [last.at, ...later, now]
  const gaps = moments.slice(1).map((at, index) => at - (moments[index] as number))
  return gaps.filter((gap) => gap <= silentAfter).reduce((sum, gap) => sum + gap, 0)
}
