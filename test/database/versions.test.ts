import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { expect } from 'chai'
import mysql from 'mysql2/promise'
import { readMigratorConfig } from '../../app/config.js'
import { waitUntil } from '../../stack/processes.js'
import { startReplica } from '../lone-replica.js'
import { product, signedIn, unique } from '../person.js'
import { databases, stack } from '../system.js'

/** One version and the next serve side by side, and each can follow the other. */
describe('two versions', () => {
  it('find the products that the older one added without a search text', async () => {
    const person = await signedIn()
    const name = `Antigua ${unique()}`
    await databases.products('products').insert({ ...product({ name }), created_by: 1, created_at: new Date() })
    const isFound = async () => (await person.get(`/products?q=${encodeURIComponent(name)}`)).$('tbody tr').length === 1
    await waitUntil('the product is not found', 30, isFound)
  })

  it('find by category what the older one added without it in the search text', async () => {
    const person = await signedIn()
    const category = `Antigua ${unique()}`
    const old = { ...product({ category }), search_text: Buffer.from('LAMPARA\nL-1\nLUZ') }
    await databases.products('products').insert({ ...old, created_by: 1, created_at: new Date() })
    const isFound = async () =>
      (await person.get(`/products?q=${encodeURIComponent(category)}`)).$('tbody tr').length === 1
    await waitUntil('the product is not found', 30, isFound)
  })

  it('leave the databases to the newer one: the older migrator has nothing to do', async () => {
    const newer = databases.users('knex_migrations').where({ name: '999_of_a_newer_version.js' })
    const { account, admin } = readMigratorConfig(stack.environment).users
    const connection = await mysql.createConnection({ ...admin, database: account.database })
    await connection.query(`INSERT INTO knex_migrations (name, batch) VALUES ('999_of_a_newer_version.js', 99)`)
    const migrator = spawn(process.execPath, ['dist/db/migrate.js'], { env: stack.environment, stdio: 'ignore' })
    expect(await once(migrator, 'exit')).to.deep.equal([0, null])
    expect(await newer).to.have.length(1)
    await connection.query(`DELETE FROM knex_migrations WHERE name = '999_of_a_newer_version.js'`)
    await connection.end()
  })

  it('are not ready before the databases have what they need', async () => {
    const { account, admin } = readMigratorConfig(stack.environment).products
    const last = readdirSync('dist/db/products')
      .filter((name) => name.endsWith('.js'))
      .sort()
      .at(-1)
    const connection = await mysql.createConnection({ ...admin, database: account.database })
    await connection.query('UPDATE knex_migrations SET name = CONCAT(name, ".away") WHERE name = ?', [last])
    const replica = await startReplica({})
    const ready = () => fetch(`${replica.address}/readyz`)
    try {
      const answer = await ready()
      expect([answer.status, await answer.text()]).to.deep.equal([
        503,
        'a database has not the schema that this version needs\n',
      ])
      await connection.query('UPDATE knex_migrations SET name = ? WHERE name = CONCAT(?, ".away")', [last, last])
      expect((await ready()).status).to.equal(200)
    } finally {
      await replica.stop()
      await connection.end()
    }
  })
})
