import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import getPort from 'get-port'
import mysql from 'mysql2/promise'
import { readConfig } from '../../app/config.js'
import { waitUntil } from '../../stack/processes.js'
import { readStackRecord } from '../../stack/record.js'
import { readRecords, stateOf } from '../../stack/replicas.js'
import { Person } from '../person.js'

const run = promisify(execFile)

/** A checkout of its own, below a folder that only its owner may enter, as /root is. */
describe('an upgrade of what npm start runs', function () {
  this.timeout(180_000)
  const outer = mkdtempSync(join(tmpdir(), 'bodega-'))
  const checkout = join(outer, 'checkout')
  const folder = join(checkout, '.bodega')
  let environment: NodeJS.ProcessEnv
  let stack: ChildProcess
  let person: Person

  before(async () => {
    const sources = [
      'app',
      'build',
      'db',
      'stack',
      'views',
      'nginx',
      'locales',
      'loadtest',
      'test',
      'package.json',
      'tsconfig.json',
    ]
    for (const name of sources) cpSync(name, join(checkout, name), { recursive: true })
    symlinkSync(resolve('node_modules'), join(checkout, 'node_modules'))
    await run(process.execPath, ['stack/build.mjs'], { cwd: checkout })
    const port = await getPort()
    environment = { ...process.env, BODEGA_FOLDER: folder, PORT: String(port) }
    stack = spawn(process.execPath, ['dist/stack/start.js'], { cwd: checkout, env: environment, stdio: 'ignore' })
    person = new Person(`http://localhost:${port}`)
    await waitUntil('not started', 40, () => readStackRecord(folder) !== undefined)
  })

  after(async () => {
    stack.kill('SIGTERM')
    await once(stack, 'exit')
    rmSync(outer, { recursive: true })
  })

  it('finds a whole build whenever a replica is killed while another is made', async () => {
    const before = readlinkSync(join(checkout, 'dist'))
    appendFileSync(join(checkout, 'views/public/app.css'), '\n.upgraded { color: red }\n')
    writeFileSync(
      join(checkout, 'db/users/999_upgraded.ts'),
      `import type { Knex } from 'knex'\n
       export const up = (knex: Knex) => knex.raw('CREATE TABLE IF NOT EXISTS upgraded (id INT PRIMARY KEY)')
       export const down = (knex: Knex) => knex.raw('DROP TABLE upgraded')\n`,
    )
    appendFileSync(join(checkout, 'nginx/headers.conf'), 'add_header X-Upgraded yes always;\n')
    let made = false
    const making = run(process.execPath, ['stack/build.mjs'], { cwd: checkout }).finally(() => {
      made = true
    })
    let kills = 0
    while (!made) {
      const { name, pid } = readRecords(folder)[kills++ % 3] as { name: string; pid: number }
      process.kill(pid, 'SIGKILL')
      await waitUntil(`${name} is not back`, 20, async () => {
        const record = readRecords(folder).find((each) => each.name === name)
        return record !== undefined && record.pid !== pid && (await stateOf(record)) === 'ready'
      })
      await whole()
    }
    await making
    expect(kills).to.be.above(1)
    expect(readlinkSync(join(checkout, 'dist'))).not.to.equal(before)
    await whole()
  })

  it('is done by a rolling restart, schema first, while people have the pages of both versions', async () => {
    const { style: old } = await whole()
    const { stdout } = await run(process.execPath, ['dist/stack/rolling-restart.js'], {
      cwd: checkout,
      env: environment,
    })
    expect(stdout).to.match(
      /both databases are up to date.*nginx has its configuration.*app1.*app2.*app3.*All 3 replicas were replaced/s,
    )
    const build = readlinkSync(join(checkout, 'dist'))
    for (const { pid } of readRecords(folder)) {
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).to.contain(`${build}/app/replica.js`)
    }
    expect((await (await person.get((await whole()).style)).html).includes('.upgraded')).to.equal(true)
    expect((await person.get(old)).status).to.equal(200)
    expect((await person.get('/')).headers.get('x-upgraded')).to.equal('yes')
    const { users } = readConfig(readStackRecord(folder)?.settings as NodeJS.ProcessEnv)
    const connection = await mysql.createConnection(users)
    await connection.query('SELECT * FROM upgraded')
    await connection.end()
  })

  /** A page, and the style sheet that it names. */
  async function whole(): Promise<{ style: string }> {
    const { status, $ } = await person.get('/')
    const style = $('link[rel=stylesheet]').attr('href') as string
    expect([status, (await person.get(style)).status]).to.deep.equal([200, 200])
    return { style }
  }
})
