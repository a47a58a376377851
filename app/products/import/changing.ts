import type { Connection } from '../../database/connection.js'
import * as categories from '../categories/store.js'
import { isCodeTaken } from '../store.js'
import type { Act, Rename } from './act.js'
import * as changes from './change-store.js'
import { acting, type Import, type Refused, type State } from './import.js'
import { expectFree, pickAnew } from './picking.js'
import { InTheWay } from './problems.js'
import * as store from './work-store.js'

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
    if (acting.includes(it.state)) throw error
    await store.saveRefusal(connection, it, await rowsInTheWay(connection, it, last))
  }
}

async function changeAll(
  connection: Connection,
  it: Import,
  { replica, say, last }: { replica: string; say: (percent: number) => Promise<void>; last: number },
) {
  const by = { importId: it.id, person: it.changedBy, replica, note: it.fileName }
  const [way, isPicked] = [changes.wayOf(it.state), acting.includes(it.state)]
  // At one time, so that one row of the catalogue's state is locked and not all sixteen, for which others would wait:
  // triggers choose it by the time (db/products/006_catalogue_state.ts).
  await connection.atOneTime(() =>
    connection.transaction(async () => {
      await connection.beginWith({ sql: 'DO 0', values: [] })
      if (isPicked) await expectFree(connection, it.act as Act)
      for (const rows of stretches(last)) {
        if (isPicked) await pickAnew(connection, it, it.act as Act, rows)
        if (way === 'apply') await changes.addNew(connection, by, rows)
        else await changes.removeNew(connection, by, rows)
        await changes.changeKnown(connection, by, way, rows)
        await say(isPicked ? 50 + (50 * rows.to) / last : (100 * rows.to) / last)
      }
      if (it.act?.kind === 'rename') await renameCategory(connection, it.act, way)
      await connection.commitWith(
        ...(isPicked ? [store.countPicked(it.id)] : []),
        store.finish(it.id, finishedAs(it.state)),
      )
    }),
  )
}

/** What is left of the category whose products have the other name now; somebody may have added to it meanwhile. */
async function renameCategory(connection: Connection, { from, category: to, merge }: Rename, way: changes.Way) {
  const [left, taken] = way === 'apply' ? [from, to] : [to, from]
  if (way === 'apply' || !merge) await categories.deleteEmpty(connection, left)
  await categories.insertCategory(connection, taken)
  await categories.spell(connection, taken)
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
  if (acting.includes(state)) return 'acted'
  if (state === 'unacting') return 'unacted'
  return state === 'applying' ? 'applied' : 'undone'
}

function* stretches(last: number): Generator<changes.Stretch> {
  for (let from = 1; from <= last; from += together) yield { from, to: Math.min(last, from + together - 1) }
}
