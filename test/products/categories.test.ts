import { expect } from 'chai'
import mysql from 'mysql2/promise'
import { readMigratorConfig } from '../../app/config.js'
import type { Connection } from '../../app/database/connection.js'
import { findCategories, insertProducts } from '../../app/products/store.js'
import { product, unique } from '../person.js'
import { stack, withStore } from '../system.js'

describe('the categories', () => {
  it('are found without reading the products, also once the server has opened the table anew', async () => {
    const category = `Many ${unique()}`
    const many = Array.from({ length: 2_000 }, () => ({ draft: { ...product({ category }), units: 1 }, createdBy: 1 }))
    await withStore('products', (connection) => connection.transact(insertProducts(many)))
    const { admin, account } = readMigratorConfig(stack.environment).products
    const server = await mysql.createConnection({ ...admin, database: account.database })
    await server.query('ANALYZE TABLE products')
    await withStore('products', async (connection) => {
      for (let time = 0; time < 3; time++) {
        const before = await entriesRead(connection)
        expect(await findCategories(connection)).to.include(category)
        expect((await entriesRead(connection)) - before).to.be.below(1_000)
        await server.query('FLUSH TABLES products')
      }
    })
    await server.end()
  })
})

/** How many entries of indexes this connection has read one after the other. */
async function entriesRead(connection: Connection): Promise<number> {
  const row = await connection.first<{ Value: string }>(`SHOW SESSION STATUS LIKE 'Handler_read_next'`)
  return Number(row?.Value)
}
