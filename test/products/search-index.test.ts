import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import knex, { type Knex } from 'knex'
import { type DatabaseConfig, readConfig, readMigratorConfig } from '../../app/config.js'
import type { Connection } from '../../app/database/connection.js'
import { type Database, openDatabase } from '../../app/database/database.js'
import { Deadline } from '../../app/database/deadline.js'
import type { ProductSets } from '../../app/products/list/listing.js'
import { blockSize } from '../../app/products/search/blocks.js'
import { findMatches } from '../../app/products/search/find.js'
import { indexChanged, indexNext } from '../../app/products/search/indexing.js'
import { fold, searchTextOf } from '../../app/products/search/text.js'
import { readState } from '../../app/products/store.js'
import { sampleProduct } from '../../loadtest/sample-products.js'
import { unique } from '../person.js'
import { stack } from '../system.js'

/** What all searches are in. */
const all: ProductSets = [
  { index: 'products_archived', conditions: [{ sql: 'archived = 0', values: [] }], size: 10_000 },
]

describe('the index of the products’ texts', () => {
  let config: DatabaseConfig
  let database: Database
  let admin: Knex
  let products: Map<number, string>

  beforeEach(async () => {
    const name = unique()
    const own = (subject: string) =>
      `${stack.environment[`${subject}_DATABASE_URL`]}`.replace(/bodega_(\w+)/g, `bodega_$1_${name}`)
    const environment = {
      ...stack.environment,
      USERS_DATABASE_URL: own('USERS'),
      PRODUCTS_DATABASE_URL: own('PRODUCTS'),
    }
    const migrator = spawn(process.execPath, ['dist/db/migrate.js'], { env: environment, stdio: 'ignore' })
    expect(await once(migrator, 'exit')).to.deep.equal([0, null])
    config = readConfig(environment).products
    database = openDatabase(config, 4)
    admin = knex({
      client: 'mysql2',
      connection: { ...readMigratorConfig(environment).products.admin, database: config.database },
    })
    products = new Map()
  })

  afterEach(async () => {
    await database.close()
    await admin.raw('DROP DATABASE ??', [config.database])
    await admin.destroy()
  })

  const run = <T>(work: (connection: Connection) => Promise<T>) =>
    Deadline.within(20_000, (deadline) => database.run(deadline, work))
  const index = (most = 2_048) => run((connection) => indexNext(connection, most))
  const indexedTo = async () => (await run(readState)).indexedTo

  async function indexAll() {
    for (let steps = 0; steps < 100 && (await index()); steps++);
  }

  function rowOf(id: number, text: { name?: string; description?: string } = {}) {
    const product = { ...sampleProduct(id, `C-${(id * 7919) % 100_003}`), ...text }
    products.set(id, searchTextOf(product).toString())
    return { id, ...product, search_text: searchTextOf(product), created_by: 1, created_at: new Date() }
  }

  async function insert(ids: number[], text = {}) {
    for (let start = 0; start < ids.length; start += 1_000) {
      await admin('products').insert(ids.slice(start, start + 1_000).map((id) => rowOf(id, text)))
    }
  }

  /** Every `step`th number, `number` of them. */
  const numbers = (from: number, number: number, step = 1) =>
    Array.from({ length: number }, (_, each) => from + each * step)

  /** What a search must find: those that have all the words, the newest first. */
  function expected(words: string[], most = 300): number[] {
    const folded = words.map((word) => fold(word).toString())
    const found = [...products].filter(([, text]) => folded.every((word) => text.includes(word)))
    return found
      .map(([id]) => id)
      .sort((one, other) => other - one)
      .slice(0, most)
  }

  async function find(words: string[], most = 300, { sets, share } = { sets: all, share: 1 }): Promise<number[]> {
    const { indexedTo } = await run(readState)
    return run((connection) => findMatches(connection, words.map(fold), { indexedTo, most, sets, share }))
  }

  async function findsWhatIsThere() {
    const words = ['a', 'ñ', '7', 'ca', 'zz', 'cable', 'ámpar', 'cable negro', 'C-1', 'C-39595', '-39', '79', 'jardin']
    for (const query of [
      ...words,
      'e o a i',
      'lampara lumen rojo',
      'nothing has this',
      'cable C-3',
      'solana rec',
      'd´or',
      '´x',
    ]) {
      expect(await find(query.split(' ')), query).to.deep.equal(expected(query.split(' ')))
    }
  }

  it('finds what looking at each product finds, whatever part of them is indexed', async () => {
    await insert(numbers(blockSize - 2_000, 1_500, 3))
    await insert(numbers(4 * blockSize - 100, 700))
    await insert([20_000, 5 * blockSize], { description: 'Botella d´or ´x' })
    await findsWhatIsThere()
    const ends = new Set([await indexedTo()])
    while (await index(1_100)) {
      ends.add(await indexedTo())
      await findsWhatIsThere()
    }
    expect(ends.size, 'steps').to.be.greaterThan(2)
    expect(expected(['cable']).length).to.be.greaterThan(100)
  })

  it('takes only as many as were looked for, the newest', async () => {
    await insert(numbers(1, 3_000))
    await indexAll()
    expect(await find(['a'], 21)).to.deep.equal(expected(['a'], 21))
  })

  it('looks at what the terms of a word find, since they may stand elsewhere in the text', async () => {
    await insert(numbers(1, 1_100))
    await insert([2_000], { name: 'abcd', description: 'bcde' })
    await insert(numbers(2_001, 1_100))
    await indexAll()
    expect(await find(['abcde'])).to.deep.equal([])
    expect(await find(['abcd'])).to.deep.equal([2_000])
  })

  it('waits for a product that is being added while it passes by', async () => {
    await insert(numbers(1, 1_500).filter((id) => id !== 700))
    await whileAdding(700, index)
    expect(await indexedTo()).to.be.greaterThan(700)
    expect(await find(['late'])).to.deep.equal([700])
  })

  it('stays set back by a product that was being added, behind its end', async () => {
    await insert(numbers(1, 1_500).filter((id) => id !== 700))
    await indexAll()
    await insert(numbers(1_501, 1_100))
    await whileAdding(700, index)
    expect(await find(['late'])).to.deep.equal([700])
    await indexAll()
    expect(await indexedTo()).to.be.greaterThan(2_000)
    expect(await find(['late'])).to.deep.equal([700])
  })

  it('waits for one in a gap between the products, too, which may be of another block', async () => {
    await insert(numbers(1, 1_100))
    await indexAll()
    await insert(numbers(2 * blockSize + 5, 1_100))
    await whileAdding(blockSize - 5, indexAll)
    expect(await indexedTo()).to.be.greaterThan(2 * blockSize)
    expect(await find(['late'])).to.deep.equal([blockSize - 5])
  })

  it('has a product found at once that got its number before and is there only after', async () => {
    await insert(numbers(1, 2_500).filter((id) => id !== 700))
    await indexAll()
    expect(await indexedTo()).to.be.greaterThan(700)
    await insert([700], { name: 'late comer' })
    expect(await find(['late'])).to.deep.equal([700])
    await indexAll()
    expect(await indexedTo()).to.be.greaterThan(700)
    expect(await find(['late'])).to.deep.equal([700])
  })

  /** Changes what is known of a product, as a person does. */
  async function rename(id: number, name: string) {
    const { id: _, created_at: __, ...row } = rowOf(id, { name })
    await admin('products')
      .where({ id })
      .update({ ...row, version: admin.raw('version + 1') })
  }

  it('finds a product by what it was changed to, before and after that is indexed, and no more by what it was', async () => {
    await insert(numbers(1, 2_500), {})
    await indexAll()
    for (const id of [3, 700, 2_400]) await rename(id, `changed thing ${id}`)
    await insert([3_000], { name: 'changed thing' })
    expect(await find(['changed'])).to.deep.equal([3_000, 2_400, 700, 3])
    expect(await find(['changed'], 2)).to.deep.equal([3_000, 2_400])
    await findsWhatIsThere()
    expect(await run((connection) => indexChanged(connection, 2))).to.equal(2)
    expect(await find(['changed'])).to.deep.equal([3_000, 2_400, 700, 3])
    while (await run((connection) => indexChanged(connection, 2)));
    expect(await admin('search_changes').where('product_id', '<=', await indexedTo())).to.have.length(0)
    expect(await find(['changed'])).to.deep.equal([3_000, 2_400, 700, 3])
    await findsWhatIsThere()
  })

  it('misses none that is indexed while it searches', async () => {
    await insert(numbers(1, 2_500))
    await indexAll()
    await rename(700, 'changed thing')
    const found = await run((connection) => {
      const rowsIn = connection.rowsIn.bind(connection)
      connection.rowsIn = async <Row>(...statement: Parameters<typeof rowsIn>) => {
        const rows = await rowsIn<Row>(...statement)
        await run((other) => indexChanged(other, 10))
        return rows
      }
      return findMatches(connection, [fold('changed')], { indexedTo: 2_400, most: 10, sets: all, share: 1 })
    })
    expect(found).to.deep.equal([700])
  })

  it('notes again what was changed once more while it was being indexed', async () => {
    await insert(numbers(1, 2_500))
    await indexAll()
    await rename(700, 'first')
    await indexAnd(
      () => rename(700, 'second'),
      (connection) => indexChanged(connection, 10),
    )
    expect(await find(['second'])).to.deep.equal([700])
    while (await run((connection) => indexChanged(connection, 10)));
    expect(await find(['second'])).to.deep.equal([700])
  })

  it('does not end behind a product that is late while it is being extended', async () => {
    await insert(numbers(1, 1_500).filter((id) => id !== 700))
    await indexAnd(() => insert([700], { name: 'late comer' }))
    expect(await find(['late'])).to.deep.equal([700])
  })

  it('stays where it was set back to until what is behind it is indexed again, whether that fails or not', async () => {
    await insert(numbers(1, 2_500).filter((id) => id !== 700))
    await indexAll()
    await insert([700], { name: 'late comer' })
    await indexAnd(async () => expect(await find(['late'])).to.deep.equal([700]))
    await admin('catalogue_state').update({ indexed_to: 699 }).where({ slot: 3 })
    await admin('search_terms').delete()
    const failed = await indexAnd(() => Promise.reject(new Error('no'))).catch((error) => error)
    expect(failed.message).to.equal('no')
    await indexAll()
    expect(await find(['late'])).to.deep.equal([700])
  })

  /** Indexes while a product is being added, which commits in the meantime. */
  async function whileAdding(id: number, indexing: () => Promise<unknown>) {
    const adding = await admin.transaction()
    await adding('products').insert(rowOf(id, { name: 'late comer' }))
    const indexed = indexing()
    await sleep(300)
    await adding.commit()
    await indexed
  }

  /** Does something before the step writes what it has found. */
  function indexAnd(act: () => Promise<unknown>, indexing = (connection: Connection) => indexNext(connection, 2_048)) {
    return run(async (connection) => {
      const change = connection.change.bind(connection)
      let acted = false
      connection.change = async (sql, values) => {
        if (sql.startsWith('REPLACE') && !acted) {
          acted = true
          await act()
        }
        return change(sql, values)
      }
      return indexing(connection)
    })
  }

  it('loses nothing, killed at any moment and by several at once', async () => {
    await insert(numbers(1, 6_000))
    const killing = (async () => {
      for (let kill = 0; kill < 20; kill++) {
        await sleep(10 + 7 * kill)
        const [own] = await admin.raw('SELECT ID FROM information_schema.PROCESSLIST WHERE USER = ?', [config.user])
        for (const { ID } of own) await admin.raw(`KILL ${ID}`).catch(() => {})
      }
    })()
    for (let tries = 0; tries < 100 && (await indexedTo().catch(() => 0)) < 4_900; tries++) {
      await Promise.all([index(), index(), index()].map((each) => each.catch(() => {})))
    }
    await killing
    await indexAll()
    await findsWhatIsThere()
  })
})
