import { expect } from 'chai'
import mysql from 'mysql2/promise'
import { readMigratorConfig } from '../../app/config.js'
import type { Connection } from '../../app/database/connection.js'
import { deleteEmpty, findNames } from '../../app/products/categories/store.js'
import { insertProducts } from '../../app/products/store.js'
import { product, unique } from '../person.js'
import { databases, stack, withStore } from '../system.js'

describe('the categories', () => {
  it('are found without reading the products, also once the server has opened the table anew', async () => {
    const category = `1${unique()}` // among the first
    await insertMany(category, 2_000)
    const { admin, account } = readMigratorConfig(stack.environment).products
    const server = await mysql.createConnection({ ...admin, database: account.database })
    await withStore('products', async (connection) => {
      for (let time = 0; time < 3; time++) {
        const before = await entriesRead(connection)
        const names = await findNames(connection)
        expect(names).to.include(category)
        expect((await entriesRead(connection)) - before).to.be.below(17 * (names.length + 1))
        await server.query('FLUSH TABLES product_counts')
      }
    })
    await server.end()
  })

  it('are not deleted when somebody adds the first product meanwhile, which another slot counts', async () => {
    const category = `Meanwhile ${unique()}`
    const counts = () => databases.products('product_counts').where({ kind: 'category', value: category })
    const count = (slot: number, listed: number) =>
      counts().insert({ kind: 'category', value: category, slot, listed, archived: 0, low: 0 })
    await count(3, 1)
    await count(5, -1)
    await withStore('products', (connection) =>
      connection.transaction(async () => {
        await connection.beginWith({ sql: 'DO 0', values: [] })
        const remove = connection.rowsIn.bind(connection)
        connection.rowsIn = async (...statement) => {
          await count(9, 1)
          return remove(...statement)
        }
        await deleteEmpty(connection, category)
        await connection.commitWith()
      }),
    )
    expect(await counts().pluck('slot')).to.deep.equal([9])
    await counts().delete()
  })
})

async function insertMany(category: string, number: number) {
  const many = Array.from({ length: number }, () => ({ draft: { ...product({ category }), units: 1 }, createdBy: 1 }))
  await withStore('products', (connection) => connection.transact(insertProducts(many)))
}

/** How many entries of indexes this connection has read one after the other. */
async function entriesRead(connection: Connection): Promise<number> {
  const row = await connection.first<{ Value: string }>(`SHOW SESSION STATUS LIKE 'Handler_read_next'`)
  return Number(row?.Value)
}
