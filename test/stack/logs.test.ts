import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { rotateLogs } from '../../stack/logs.js'
import { waitUntil } from '../../stack/processes.js'
import { Person } from '../person.js'
import { folder } from '../system.js'

describe('the logs', () => {
  const folders = ['logs', 'nginx/logs'].map((name) => join(folder, name))

  it('are the stack’s own to read', () => {
    const names = (each: string) => readdirSync(each).filter((name) => name.includes('.log'))
    const logs = folders.flatMap((each) => names(each).map((name) => join(each, name)))
    expect(logs).to.have.length.of.at.least(6)
    for (const each of [...folders, ...logs]) expect(statSync(each).mode & 0o077, each).to.equal(0)
  })

  it('are rotated when they are large, five of each are kept, and what is logged after is there', async () => {
    const large = 'x'.repeat(11 * 2 ** 20)
    for (let each = 0; each < 7; each++) {
      for (const log of ['logs/app1.log', 'nginx/logs/access.log']) appendFileSync(join(folder, log), `${large}\n`)
      await rotateLogs(folder)
    }
    for (const [name, within] of [
      ['app1.log', 'logs'],
      ['access.log', 'nginx/logs'],
    ] as const) {
      const kept = readdirSync(join(folder, within)).filter((each) => each.startsWith(name))
      expect(kept.sort()).to.deep.equal([name, ...[1, 2, 3, 4, 5].map((each) => `${name}.${each}`)])
      expect(statSync(join(folder, within, name)).size).to.be.below(2 ** 20)
    }
    let id: string | null = null
    await waitUntil('app1 does not serve', 5, async () => {
      const { headers, servedBy } = await new Person().get('/')
      id = headers.get('x-request-id')
      return servedBy === 'app1'
    })
    const tells = (log: string) => readFileSync(join(folder, log), 'utf8').includes(String(id))
    await waitUntil('the lines are not there', 5, () => tells('logs/app1.log') && tells('nginx/logs/access.log'))
  })

  it('are looked at by the stack itself, once a minute', async () => {
    const log = join(folder, 'logs/app2.log')
    appendFileSync(log, `${'x'.repeat(11 * 2 ** 20)}\n`)
    await waitUntil('it was not rotated', 70, () => statSync(log).size < 2 ** 20)
  }).timeout(90_000)
})
