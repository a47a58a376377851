import type { Heartbeat, State } from './store.js'

/** One run of a replica, as far as its heartbeats tell; there is always a first one and a last one. */
export interface Run {
  replica: string
  beats: Heartbeat[]
  first: Heartbeat
  last: Heartbeat
}

/** After how long without a heartbeat something seems wrong, and after how long a replica counts as dead, in milliseconds. */
export const silence = 1_600
export const death = 3_000

/** What a replica is in, by what it says and by its silence. */
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

/**
 * What a run is in.
 * @param newest the moment of the newest heartbeat of any replica. Silence counts from there and not from now: when the
 * database is away nobody can write, and nobody is dead for that
 */
export function conditionOf(run: Run, newest: number): Condition {
  if (hasLeft(run)) return 'left'
  const silent = newest - run.last.at
  if (silent > death) return 'killed'
  return silent > silence ? 'silent' : run.last.state
}

/** Whether a run ended in good order. */
export function hasLeft({ beats }: Run): boolean {
  return beats.some(({ state }) => state === 'left')
}
