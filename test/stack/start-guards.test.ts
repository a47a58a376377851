import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { readRecords } from '../../stack/replicas.js'
import { exitCode, npmStart } from '../npm-start.js'
import { Person } from '../person.js'

describe('what npm start lets nobody else see', () => {
  const own = npmStart()

  it('gives its secrets to nobody else, and no two folders the same', async () => {
    await own.start().ready()
    const secrets = list(join(own.folder, 'secrets'))
    const values = secrets.map((file) => readFileSync(file, 'utf8'))
    expect(new Set(values)).to.have.property('size', 5)
    for (const value of values) expect(value).to.match(/^[\w-]{43}$/)
    expect(statSync(join(own.folder, 'secrets')).mode & 0o027).to.equal(0)
    for (const file of secrets) expect(statSync(file).mode & 0o027, file).to.equal(0)
    for (const file of list(own.folder).filter((each) => !each.startsWith(join(own.folder, 'mariadb/')))) {
      const told = values.filter((value) => readFileSync(file, 'latin1').includes(value))
      expect(told.length, file).to.equal(secrets.includes(file) ? 1 : 0)
    }
  })

  it('tells a replica its own settings, and nothing of the operator’s or the administrator’s', async () => {
    await own.start({ LOG_LEVEL: 'warn', APP_SECRET: 'x'.repeat(40), OPERATORS_TOKEN: 'secret' }).ready()
    for (const { pid } of readRecords(own.folder)) {
      const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .map((line) => line.split('=')[0])
      expect(names.filter(Boolean).sort()).to.deep.equal([
        'ADDRESS',
        'APP_SECRET_FILE',
        'LOG_LEVEL',
        'MALLOC_ARENA_MAX',
        'MASTER_KEY_FILE',
        'PORT',
        'PRODUCTS_DATABASE_PASSWORD_FILE',
        'PRODUCTS_DATABASE_URL',
        'REPLICA_NAME',
        'USERS_DATABASE_PASSWORD_FILE',
        'USERS_DATABASE_URL',
      ])
    }
  })

  it('as root: runs the replicas as a user who may read their secrets and no other’s', async function () {
    if (process.getuid?.() !== 0) return this.skip()
    chmodSync(own.folder, 0o755)
    await own.start().ready()
    const uid = Number(execFileSync('id', ['-u', 'bodega'], { encoding: 'utf8' }))
    for (const { pid } of readRecords(own.folder)) expect(statSync(`/proc/${pid}`).uid).to.equal(uid)
    const identity = ['--reuid=bodega', '--regid=bodega', '--clear-groups']
    const can = (flag: '-r' | '-w', name: string) =>
      spawnSync('setpriv', [...identity, 'test', flag, join(own.folder, 'secrets', name)]).status === 0
    for (const name of ['app_secret', 'master_key', 'users_password', 'products_password']) {
      expect([can('-r', name), can('-w', name)], name).to.deep.equal([true, false])
    }
    expect(can('-r', 'admin_password')).to.equal(false)
    for (const file of ['mariadb/accounts.sql', 'logs/app1.log', 'nginx/logs/access.log']) {
      expect(spawnSync('setpriv', [...identity, 'test', '-r', join(own.folder, file)]).status, file).to.equal(1)
    }
  })

  for (const address of ['0.0.0.0', '::', ...ownAddresses()]) {
    it(`serves at ADDRESS=${address}, with the replicas behind nginx only`, async () => {
      const { ready, output } = own.start({ ADDRESS: address })
      await ready()
      const [, url] = /Bodega is at (\S+)/.exec(output()) ?? []
      expect((await new Person(url).get('/')).servedBy).to.match(/^app/)
      for (const record of readRecords(own.folder)) {
        for (const each of ownAddresses()) expect(await accepts(each, record.port), each).to.equal(false)
      }
      expect(await accepts(ownAddresses()[0] ?? '127.0.0.1', own.port)).to.equal(
        ['0.0.0.0', '::', ownAddresses()[0]].includes(address),
      )
    })
  }

  it('says so when ADDRESS is not one of this machine’s', async () => {
    const { child, output } = own.start({ ADDRESS: '192.0.2.1' })
    expect(await exitCode(child)).to.equal(1)
    expect(output()).to.contain('Nothing can listen at ADDRESS=192.0.2.1')
  })
})

function list(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((each) => each.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

/** This machine's addresses in its networks; a link-local one needs to be told the link, and Docker's come and go. */
function ownAddresses(): string[] {
  const lasting = Object.entries(networkInterfaces()).filter(([name]) => !/^(docker|br-|veth)/.test(name))
  const all = lasting.flatMap(([, each]) => each ?? [])
  return all.filter(({ internal, address }) => !internal && !address.startsWith('fe80')).map(({ address }) => address)
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
