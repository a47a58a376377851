import type { Reading } from './reader.js'
import { conditionOf, death, hasLeft, type Run, runsOf } from './runs.js'

export type EventKind = 'started' | 'killed' | 'hung' | 'draining' | 'returned' | 'database'

/** Something that happened; `at` in milliseconds of the epoch, `replica` empty where it happened to the database. */
export interface ClusterEvent {
  kind: EventKind
  replica: string
  at: number
  /** For how long the replica or the database was away, in milliseconds, where it is known. */
  away?: number
}

/** What happened in the last 15 minutes, oldest first. */
export function eventsOf({ beats, now }: Reading): ClusterEvent[] {
  const newest = beats.at(-1)?.at ?? now
  const marks = [...runsOf(beats).values()].flatMap((runs) =>
    runs.flatMap((run, index) => [
      ...beginning(run, runs[index - 1]),
      ...gaps(run, beats),
      ...ending(run, index < runs.length - 1, newest),
    ]),
  )
  return onceEach(marks.sort((a, b) => a.at - b.at))
}

/** A run of which the first heartbeat is older than what was read has no beginning to tell. */
function beginning({ replica, first }: Run, before: Run | undefined): ClusterEvent[] {
  if (before) return [{ kind: 'returned', replica, at: first.at, away: first.at - before.last.at }]
  return first.uptimeMs < 5_000 ? [{ kind: 'started', replica, at: first.at }] : []
}

function ending(run: Run, another: boolean, newest: number): ClusterEvent[] {
  const { replica, beats, last } = run
  const draining = beats.find(({ state }) => state === 'draining' || state === 'left')
  const killed = !hasLeft(run) && (another || conditionOf(run, newest) === 'killed')
  return [
    ...(draining ? [{ kind: 'draining', replica, at: draining.at } as const] : []),
    ...(killed ? [{ kind: 'killed', replica, at: last.at } as const] : []),
  ]
}

/** Where a run was silent and went on: while the others spoke it hung, and else the database was away. */
function gaps({ replica, beats }: Run, all: Run['beats']): ClusterEvent[] {
  const margin = death / 2
  return beats.flatMap((beat, index): ClusterEvent[] => {
    const before = beats[index - 1]
    if (!before || beat.at - before.at <= death) return []
    const away = beat.at - before.at
    const others = all.some(({ replica: other, at }) => {
      return other !== replica && at > before.at + margin && at < beat.at - margin
    })
    if (!others) return [{ kind: 'database', replica: '', at: before.at, away }]
    return [
      { kind: 'hung', replica, at: before.at },
      { kind: 'returned', replica, at: beat.at, away },
    ]
  })
}

/** All replicas tell of the same absence of the database, each from its own last heartbeat on. */
function onceEach(marks: ClusterEvent[]): ClusterEvent[] {
  const absences = marks.filter(({ kind }) => kind === 'database')
  return marks.filter((mark) => {
    if (mark.kind !== 'database') return true
    const before = absences[absences.indexOf(mark) - 1]
    return !before || mark.at - before.at > death
  })
}
