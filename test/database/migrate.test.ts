import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import mysql from 'mysql2/promise'
import { readMigratorConfig } from '../../app/config.js'
import { unique } from '../person.js'
import { stack } from '../system.js'

describe('the migrator', () => {
  let environment: NodeJS.ProcessEnv
  let name: string

  beforeEach(() => {
    name = unique()
    const own = (subject: string) =>
      `${stack.environment[`${subject}_DATABASE_URL`]}`.replace(/bodega_(\w+)/g, `bodega_$1_${name}`)
    environment = { ...stack.environment, USERS_DATABASE_URL: own('USERS'), PRODUCTS_DATABASE_URL: own('PRODUCTS') }
  })

  it('leaves nothing, killed at any moment, that the next run does not mend', async () => {
    for (let delay = 150; delay <= 900; delay += 75) await killAfter(delay)
    await succeeds(start())
    expect(await tables('users')).to.include.members(['users', 'sessions', 'idempotency_keys'])
    expect(await tables('products')).to.include.members(['products', 'idempotency_keys'])
    expect(await applied('users')).to.deep.equal(migrationsOf('users'))
    expect(await applied('products')).to.deep.equal(migrationsOf('products'))
  })

  it('runs as often as one likes, also several at once', async () => {
    await Promise.all([start(), start(), start()].map(succeeds))
    expect(await applied('users')).to.deep.equal(migrationsOf('users'))
    await succeeds(start())
    expect(await applied('users')).to.deep.equal(migrationsOf('users'))
  })

  it('clears the lock that a killed one left behind', async () => {
    await succeeds(start())
    await query('users', 'UPDATE knex_migrations_lock SET is_locked = 1')
    await succeeds(start())
  })

  it('makes the products of an older version ready to be searched', async () => {
    await succeeds(start())
    const row = (number: number) => `('Lámpara ${number}', 'L-${number}', 'Luz', 1, 'x', 1, UTC_TIMESTAMP(3))`
    const rows = Array.from({ length: 1_001 }, (_, each) => row(each)).join()
    const columns = 'name, code, description, units, category, created_by, created_at'
    await query('products', `INSERT INTO products (${columns}) VALUES ${rows}`)
    await query(
      'products',
      `DELETE FROM knex_migrations WHERE name IN ('004_fold_search_text.js', '008_categories_in_search_text.js')`,
    )
    await succeeds(start())
    const [text] = await query(
      'products',
      `SELECT CONVERT(search_text USING utf8mb4) AS t FROM products WHERE code = 'L-1000'`,
    )
    expect(text?.t).to.equal('\nLAMPARA 1000\nL-1000\nLUZ\nX')
    expect(await query('products', 'SELECT id FROM products WHERE search_text IS NULL')).to.have.length(0)
  })

  it('counts every product once, killed at any moment and with people at work', async () => {
    await succeeds(start())
    const counting = ['insert', 'update', 'delete'].flatMap((event) => [event, `${event}_counts`])
    const triggers = [...counting, 'insert_indexed'].map((name) => `DROP TRIGGER products_${name}`)
    for (const sql of [...triggers, 'DROP TABLE catalogue_state']) await query('products', sql)
    await query('products', `DELETE FROM knex_migrations WHERE name REGEXP '^(006|007|011)_'`)
    const columns = 'name, code, description, units, category, created_by, created_at'
    const row = (code: string) => `('Lámpara', '${code}', 'Luz', 1, 'x', 1, UTC_TIMESTAMP(3))`
    const add = (codes: string[]) => query('products', `INSERT INTO products (${columns}) VALUES ${codes.map(row)}`)
    for (let batch = 0; batch < 10; batch++) await add(Array.from({ length: 5_000 }, (_, each) => `L-${batch}-${each}`))
    let working = true
    const person = async (id: number) => {
      for (let each = 0; working; each++) {
        await add([`W-${id}-${each}`])
        if (each % 3 === 0) await query('products', `DELETE FROM products WHERE code = 'W-${id}-${each}'`)
      }
    }
    const people = [1, 2, 3].map(person)
    for (let delay = 250; delay <= 700; delay += 50) await killAfter(delay)
    await succeeds(start())
    working = false
    await Promise.all(people)
    const [kept] = await query('products', 'SELECT CAST(SUM(products) AS SIGNED) AS number FROM catalogue_state')
    const [counted] = await query('products', 'SELECT COUNT(*) AS number FROM products')
    expect(kept).to.deep.equal(counted)
  })

  it('gives the replicas’ accounts the rows and nothing more', async () => {
    await succeeds(start())
    const { account } = readMigratorConfig(environment).users
    const connection = await mysql.createConnection(account)
    const refused = async (sql: string) => {
      const { code } = await connection.query(sql).then(
        () => ({ code: 'none' }),
        (error) => error,
      )
      expect(code, sql).to.match(/ACCESS_DENIED/)
    }
    await connection.query('SELECT * FROM users')
    for (const sql of ['DROP TABLE users', 'CREATE TABLE x (y INT)', 'SELECT * FROM mysql.user', 'CREATE USER x']) {
      await refused(sql)
    }
    await refused('SELECT * FROM bodega_products.products')
    await connection.end()
  })

  function start(): ChildProcess {
    return spawn(process.execPath, ['dist/db/migrate.js'], { env: environment, stdio: 'ignore' })
  }

  async function killAfter(delay: number) {
    const migrator = start()
    const ended = once(migrator, 'exit')
    await sleep(delay)
    migrator.kill('SIGKILL')
    await ended
  }

  async function succeeds(migrator: ChildProcess) {
    const [code] = await once(migrator, 'exit')
    expect(code).to.equal(0)
  }

  async function query(subject: 'users' | 'products', sql: string): Promise<Record<string, string>[]> {
    const { account, admin } = readMigratorConfig(environment)[subject]
    const connection = await mysql.createConnection({ ...admin, database: account.database })
    const [rows] = await connection.query(sql)
    await connection.end()
    return rows as Record<string, string>[]
  }

  const tables = async (subject: 'users' | 'products') =>
    (await query(subject, 'SHOW TABLES')).map((row) => Object.values(row)[0])

  const applied = async (subject: 'users' | 'products') =>
    (await query(subject, 'SELECT name FROM knex_migrations ORDER BY name')).map((row) => row.name)

  const migrationsOf = (subject: string) => readdirSync(`dist/db/${subject}`).filter((file) => file.endsWith('.js'))
})
