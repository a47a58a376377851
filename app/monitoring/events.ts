import type { Reading } from './reader.js'
import { conditionOf, deadAfter, hasLeft, type Run, runsOf } from './runs.js'

type EventKind = 'started' | 'killed' | 'hung' | 'draining' | 'returned' | 'database'

/** Something that happened; `at` in milliseconds of the epoch, `replica` empty where it happened to the database. */
export interface ClusterEvent {
  kind: EventKind
  replica: string
  at: number
  /** For how long the replica or the database was away, in milliseconds, where it is known. */
  away?: number
}

/** What happened in the last 15 minutes, oldest first. */
export function eventsOf(reading: Reading): ClusterEvent[] {
  const events = [...runsOf(reading.beats).values()].flatMap((runs) =>
    runs.flatMap((run, index) => [
      ...beginning(run, runs[index - 1]),
      ...gaps(run, reading.beats),
      ...ending(run, index < runs.length - 1, reading),
    ]),
  )
  return onceEach(events.sort((a, b) => a.at - b.at))
}

/** The start of a run may be older than what was read. */
function beginning({ replica, first }: Run, before: Run | undefined): ClusterEvent[] {
  if (before) return [{ kind: 'returned', replica, at: first.at, away: first.at - before.last.at }]
  return first.uptimeMs < 5_000 ? [{ kind: 'started', replica, at: first.at }] : []
}

function ending(run: Run, another: boolean, reading: Reading): ClusterEvent[] {
  const { replica, beats, last } = run
  const draining = beats.find(({ state }) => state === 'draining' || state === 'left')
  const killed = !hasLeft(run) && (another || conditionOf(run, reading) === 'killed')
  return [
    ...(draining ? [{ kind: 'draining', replica, at: draining.at } as const] : []),
    ...(killed ? [{ kind: 'killed', replica, at: last.at } as const] : []),
  ]
}

/** Where a run was silent and went on: it hung if others were heard meanwhile, and else the database was away. */
function gaps({ replica, beats }: Run, all: Run['beats']): ClusterEvent[] {
  const margin = deadAfter / 2
  return beats.flatMap((beat, index): ClusterEvent[] => {
    const before = beats[index - 1]
    if (!before || beat.at - before.at <= deadAfter) return []
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

/** All replicas report the same absence of the database, each from its own last heartbeat on. */
function onceEach(events: ClusterEvent[]): ClusterEvent[] {
  const absences = events.filter(({ kind }) => kind === 'database')
  return events.filter((event) => {
    if (event.kind !== 'database') return true
    const before = absences[absences.indexOf(event) - 1]
    return !before || event.at - before.at > deadAfter
  })
}
