import type { Connection } from '../../database/connection.js'
import { isCodeTaken } from '../store.js'
import * as changes from './change-store.js'
import type { Import, Refused, State } from './import.js'
import { InTheWay } from './problems.js'
import * as store from './store.js'

/**
 * Rows that a statement changes: few enough that it ends soon, since others who add products wait for its numbers.
 */
const together = 1_000

/** Rows in the way that are told; there may be more. */
const told = 100

/**
 * Applies an import, or undoes it, in one transaction, so that others see all of it or nothing. Whoever is killed in the
 * middle has done nothing. Where products were changed meanwhile, it is refused, and its rows in the way are told.
 * @param say is told how far it is, in percent
 */
export async function change(
  connection: Connection,
  it: Import,
  { replica, say }: { replica: string; say: (percent: number) => Promise<void> },
): Promise<void> {
  const last = await changes.lastRow(connection, it.id)
  try {
    await changeAll(connection, it, { replica, say, last })
  } catch (error) {
    if (!(error instanceof InTheWay || isCodeTaken(error))) throw error
    // What was picked is picked anew at the next look: the person said what to do with whatever the products are.
    if (it.state === 'picking') return
    await store.saveRefusal(connection, it, await rowsInTheWay(connection, it, last))
  }
}

async function changeAll(
  connection: Connection,
  it: Import,
  { replica, say, last }: { replica: string; say: (percent: number) => Promise<void>; last: number },
) {
  const by = { importId: it.id, person: it.changedBy, replica, note: it.fileName }
  const way = changes.wayOf(it.state)
  // At one time, so that one row of the catalogue's state is locked and not all sixteen, for which others would wait:
  // triggers choose it by the time (db/products/006_catalogue_state.ts).
  await connection.atOneTime(() =>
    connection.transaction(async () => {
      await connection.beginWith({ sql: 'DO 0', values: [] })
      for (const rows of stretches(last)) {
        if (way === 'apply') await changes.addNew(connection, by, rows)
        else await changes.removeNew(connection, by, rows)
        await changes.changeKnown(connection, by, way, rows)
        await say((100 * rows.to) / last)
      }
      await connection.commitWith(store.finish(it.id, finishedAs(it.state)))
    }),
  )
}

async function rowsInTheWay(connection: Connection, it: Import, last: number): Promise<Refused> {
  const refused: Refused = { count: 0, rows: [] }
  for (const rows of stretches(last)) {
    const found = await changes.findInTheWay(connection, it, rows)
    refused.count += found.length
    refused.rows.push(...found.slice(0, told - refused.rows.length))
  }
  return refused
}

function finishedAs(state: State): State {
  if (state === 'picking') return 'acted'
  if (state === 'unacting') return 'unacted'
  return state === 'applying' ? 'applied' : 'undone'
}

function* stretches(last: number): Generator<changes.Stretch> {
  for (let from = 1; from <= last; from += together) yield { from, to: Math.min(last, from + together - 1) }
}
