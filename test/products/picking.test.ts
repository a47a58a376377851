import { expect } from 'chai'
import type { Connection } from '../../app/database/connection.js'
import { insertCategory } from '../../app/products/categories/store.js'
import type { Act } from '../../app/products/import/act.js'
import { change } from '../../app/products/import/changing.js'
import { pick } from '../../app/products/import/picking.js'
import { FileProblem } from '../../app/products/import/problems.js'
import { insertRows } from '../../app/products/import/row-store.js'
import { judge } from '../../app/products/import/rows.js'
import { findImport, insertAct } from '../../app/products/import/store.js'
import { findWaiting } from '../../app/products/import/work-store.js'
import { insertProducts } from '../../app/products/store.js'
import { product, unique } from '../person.js'
import { databases, withStore } from '../system.js'

describe('an act on products of which some are changed while it is done', () => {
  it('does with each what was asked for, whatever it is by then', async () => {
    const category = `Old ${unique()}`
    const [moved, renamed, deleted, archived, there] = await addFive(category)
    await table().where({ id: there }).update({ category: 'New' })
    const act: Act = { kind: 'category', category: 'New', ids: [moved, renamed, deleted, archived, there] as number[] }
    const id = await insertImport(act)

    await withStore('products', async (connection) => {
      const it = { ...(await findImport(connection, id)), state: 'picking' } as never
      await pick(connection, it, act)
      await table().where({ id: moved }).update({ units: 3 })
      await table().where({ id: renamed }).update({ name: 'Renamed', version: 2 })
      await table().where({ id: archived }).update({ archived: 1, version: 2 })
      await table().where({ id: deleted }).delete()
      await table().where({ id: there }).update({ category, version: 2 })
      await change(connection, it, { replica: 'app1', say: async () => {} })
    })

    const rows = await table()
      .whereIn('id', [moved, renamed, archived, there] as number[])
      .orderBy('id')
    expect(rows.map((row) => [row.category, row.units, row.version])).to.deep.equal([
      ['New', 3, 3],
      ['New', 5, 3],
      [category, 5, 2],
      ['New', 5, 3],
    ])
    expect(rows[1].name).to.equal('Renamed')
    const it = await databases.products('imports').where({ id }).first()
    expect(it).to.include({ state: 'acted', changed: 3, same: 1 })
  })

  it('makes no category one with another that came to be meanwhile', async () => {
    const [from, category] = [`Old ${unique()}`, `New ${unique()}`]
    const ids = await addFive(from)
    const act: Act = { kind: 'rename', from, category, merge: false }
    const id = await insertImport(act)
    const renamed = withStore('products', async (connection) => {
      const it = { ...(await findImport(connection, id)), state: 'renaming' } as never
      await pick(connection, it, act)
      await insertCategory(connection, category)
      await change(connection, it, { replica: 'app1', say: async () => {} })
    })
    expect(await renamed.catch((error) => error)).to.be.instanceOf(FileProblem)
    expect(await table().whereIn('id', ids).distinct().pluck('category')).to.deep.equal([from])
  })

  const table = () => databases.products('products')

  async function addFive(category: string): Promise<number[]> {
    const drafts = Array.from({ length: 5 }, () => ({ draft: { ...product({ category }), units: 5 }, createdBy: 1 }))
    await withStore('products', (connection) => connection.transact(insertProducts(drafts)))
    return table().where({ category }).orderBy('id').pluck('id')
  }
})

describe('what becomes of many long texts', () => {
  it('goes in statements that a server takes', () => {
    const [description, before] = ['\ufdfa'.repeat(2_000), '\ufdfb'.repeat(2_000)]
    const text = { name: 'Long', code: 'L-1', description, category: 'Long', units: 1, minimum: 0 }
    const known = { ...text, description: before, id: 1, version: 1, archived: 0 } as const
    let judgements = 0
    const rows = function* () {
      for (let number = 1; number <= 250; number++) {
        judgements++
        yield judge({ number, cells: [], values: text }, known)
      }
    }
    const sizes: number[] = []
    for (const { sql, values } of insertRows(1, rows())) {
      if (sizes.length === 0) expect(judgements).to.be.below(10)
      sizes.push(
        values.reduce<number>((sum, value) => sum + (Buffer.isBuffer(value) ? 2 * value.length : 4), sql.length),
      )
    }
    expect(Math.max(...sizes)).to.be.below(2_000_000)
    expect(judgements).to.equal(250)
  })
})

describe('the queue of imports', () => {
  const act: Act = { kind: 'archive', ids: [1] }

  it('puts one that failed behind those that came after it', () =>
    inQueue(async (connection) => {
      const [failed, later] = [await insertAct(connection, act, 1), await insertAct(connection, act, 1)]
      await connection.change('UPDATE imports SET attempts = 1 WHERE id = ?', [failed])
      return [later, failed]
    }))

  it('lets people take turns', () =>
    inQueue(async (connection) => {
      const many = [await insertAct(connection, act, 1_000_001), await insertAct(connection, act, 1_000_001)]
      const one = await insertAct(connection, act, 1_000_002)
      return [many[0], one, many[1]] as number[]
    }))

  /** @param fill gives the order that is expected */
  async function inQueue(fill: (connection: Connection) => Promise<number[]>) {
    const rollBack = new Error('so that no job sees them')
    await withStore('products', async (connection) => {
      const queue = connection.transaction(async () => {
        await connection.beginWith({ sql: 'DO 0', values: [] })
        const expected = await fill(connection)
        const ids = (await findWaiting(connection)).map(({ id }) => id)
        expect(ids.filter((id) => expected.includes(id))).to.deep.equal(expected)
        throw rollBack
      })
      await queue.catch((error) => expect(error).to.equal(rollBack))
    })
  }
})

/** In a state in which no job takes it. */
async function insertImport(act: Act): Promise<number> {
  const by = { created_by: 1, created_at: new Date(), changed_by: 1, changed_at: new Date() }
  const [id] = await databases
    .products('imports')
    .insert({ file_name: '', size: 0, state: 'failed', act: JSON.stringify(act), ...by })
  return id as number
}
