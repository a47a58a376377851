import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import getPort from 'get-port'
import { waitUntil } from '../../stack/processes.js'
import { readRecords } from '../../stack/replicas.js'
import { makeCertificate } from '../certificate.js'
import { Person, product, registration } from '../person.js'

/** `npm start` as people run it, each test with a folder of its own. */
describe('npm start', () => {
  let folder: string
  let port: number
  const running = new Set<ChildProcess>()

  beforeEach(async () => {
    // Only root may enter this one: a checkout below /root, or in a temporary folder, is like that.
    folder = mkdtempSync(join(tmpdir(), 'bodega-'))
    port = await getPort()
  })

  afterEach(async () => {
    for (const child of running) await stop(child, 'SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  })

  it('starts from nothing, stops at a signal, and the data is there at the next start', async () => {
    const first = start()
    await first.ready()
    const account = registration()
    const person = new Person(`http://localhost:${port}`)
    await person.post('/register', account)
    expect((await person.get('/products')).$('.empty h2').text()).to.equal('No products yet')
    const { location } = await person.post('/products', product({ name: 'Kept' }))
    expect(await stop(first.child, 'SIGINT')).to.equal(0)
    expect(first.output()).to.contain('stopping')

    await start().ready()
    expect((await person.get(location as string)).$('h1').text()).to.equal('Kept')
    expect((await new Person(person.address).post('/login', account)).status).to.equal(303)
  })

  it('stops at a signal to npm, which hands it on to the shell that runs the script', async () => {
    const script = JSON.parse(readFileSync('package.json', 'utf8')).scripts.start.replace('stack/setup.mjs ', '')
    const { child, output, ready } = start({}, ['sh', '-c', script])
    await ready()
    expect(await stop(child, 'SIGTERM')).to.equal(0)
    expect(output()).to.contain('stopping')
  })

  it('tells each step in a line, and the address at the end', async () => {
    const { ready, output } = start()
    await ready()
    expect(output().trim().split('\n').slice(0, 4)).to.deep.equal([
      '· starting the database',
      '· bringing both databases up to date',
      '· starting three replicas',
      '· starting nginx',
    ])
    expect(output()).to.contain(`Bodega is at http://localhost:${port}`)
  })

  it('starts after it was killed, whatever that left behind', async () => {
    const first = start()
    await first.ready()
    const person = new Person(`http://localhost:${port}`)
    await person.post('/register', registration())
    await stop(first.child, 'SIGKILL')
    expect(existsSync(join(folder, 'stack.pid'))).to.equal(true)

    await start().ready()
    expect((await person.get('/products')).status).to.equal(200)
  })

  it('takes no stale file for the truth', async () => {
    mkdirSync(join(folder, 'mariadb.unfinished'))
    mkdirSync(join(folder, 'nginx/run'), { recursive: true })
    writeFileSync(join(folder, 'stack.pid'), '1')
    writeFileSync(join(folder, 'nginx/run/nginx.pid'), '1')
    writeFileSync(join(folder, 'replicas.json'), '{ cut off')
    await start().ready()
  })

  it('starts with the data of before when the secrets were lost', async () => {
    const first = start()
    await first.ready()
    const account = registration()
    await new Person(`http://localhost:${port}`).post('/register', account)
    await stop(first.child, 'SIGTERM')
    rmSync(join(folder, 'secrets'), { recursive: true })
    await start().ready()
    expect((await new Person(`http://localhost:${port}`).post('/login', account)).status).to.equal(303)
  })

  it('says so when it is running already, and leaves that one alone', async () => {
    await start().ready()
    const second = start()
    expect(await exitCode(second.child)).to.equal(1)
    expect(second.output()).to.contain('Bodega is running already')
    expect((await new Person(`http://localhost:${port}`).get('/')).status).to.equal(200)
  })

  it('says so when the port is taken, and how to choose another', async () => {
    const other = createServer().listen(port, '127.0.0.1')
    await once(other, 'listening')
    const { child, output } = start()
    expect(await exitCode(child)).to.equal(1)
    expect(output())
      .to.contain(`Port ${port} is in use by another program`)
      .and.to.contain(`PORT=${port + 1} npm start`)
    other.close()
  })

  it('destroys nothing in a data folder that is no database', async () => {
    mkdirSync(join(folder, 'mariadb'))
    writeFileSync(join(folder, 'mariadb/backup.sql'), 'precious')
    const { child, output } = start()
    expect(await exitCode(child)).to.equal(1)
    expect(output()).to.contain('holds no database')
    expect(readFileSync(join(folder, 'mariadb/backup.sql'), 'utf8')).to.equal('precious')
  })

  it('names a setting that is wrong', async () => {
    const { child, output } = start({ LOG_LEVEL: 'loud' })
    expect(await exitCode(child)).to.equal(1)
    expect(output()).to.contain('LOG_LEVEL')
  })

  it('serves over TLS where it has a certificate, and says where', async () => {
    const { certificate, key } = makeCertificate(join(folder, 'tls'))
    const tlsPort = String(await getPort())
    const { ready, output } = start({ TLS_CERTIFICATE: certificate, TLS_KEY: key, TLS_PORT: tlsPort })
    await ready()
    expect(output()).to.contain(`Bodega is at https://localhost:${tlsPort}`)
    const { status, location } = await new Person(`http://localhost:${port}`).get('/login')
    expect([status, location]).to.deep.equal([308, `https://localhost:${tlsPort}/login`])
  })

  for (const [name, settings] of Object.entries({
    TLS_PORT: { TLS_PORT: 'https' },
    TLS_CERTIFICATE: { TLS_KEY: '/nowhere.pem' },
  })) {
    it(`names ${name} where that is wrong`, async () => {
      const { child, output } = start(settings)
      expect(await exitCode(child)).to.equal(1)
      expect(output()).to.contain(`${name} must be`)
    })
  }

  it('gives its secrets to nobody else, and no two folders the same', async () => {
    await start().ready()
    const secrets = list(join(folder, 'secrets'))
    const values = secrets.map((file) => readFileSync(file, 'utf8'))
    expect(new Set(values)).to.have.property('size', 4)
    for (const value of values) expect(value).to.match(/^[\w-]{43}$/)
    expect(statSync(join(folder, 'secrets')).mode & 0o027).to.equal(0)
    for (const file of secrets) expect(statSync(file).mode & 0o027, file).to.equal(0)
    for (const file of list(folder).filter((each) => !each.startsWith(join(folder, 'mariadb/')))) {
      const told = values.filter((value) => readFileSync(file, 'latin1').includes(value))
      expect(told.length, file).to.equal(secrets.includes(file) ? 1 : 0)
    }
  })

  it('tells a replica its own settings, and nothing of the operator’s or the administrator’s', async () => {
    await start({ LOG_LEVEL: 'warn', APP_SECRET: 'x'.repeat(40), OPERATORS_TOKEN: 'secret' }).ready()
    for (const { pid } of readRecords(folder)) {
      const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .map((line) => line.split('=')[0])
      expect(names.filter(Boolean).sort()).to.deep.equal([
        'ADDRESS',
        'APP_SECRET_FILE',
        'LOG_LEVEL',
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
    chmodSync(folder, 0o755)
    await start().ready()
    const uid = Number(execFileSync('id', ['-u', 'bodega'], { encoding: 'utf8' }))
    for (const { pid } of readRecords(folder)) expect(statSync(`/proc/${pid}`).uid).to.equal(uid)
    const identity = ['--reuid=bodega', '--regid=bodega', '--clear-groups']
    const can = (flag: '-r' | '-w', name: string) =>
      spawnSync('setpriv', [...identity, 'test', flag, join(folder, 'secrets', name)]).status === 0
    for (const name of ['app_secret', 'users_password', 'products_password']) {
      expect([can('-r', name), can('-w', name)], name).to.deep.equal([true, false])
    }
    expect(can('-r', 'admin_password')).to.equal(false)
    for (const file of ['mariadb/accounts.sql', 'logs/app1.log', 'nginx/logs/access.log']) {
      expect(spawnSync('setpriv', [...identity, 'test', '-r', join(folder, file)]).status, file).to.equal(1)
    }
  })

  for (const address of ['0.0.0.0', '::', ...ownAddresses()]) {
    it(`serves at ADDRESS=${address}, with the replicas behind nginx only`, async () => {
      const { ready, output } = start({ ADDRESS: address })
      await ready()
      const [, url] = /Bodega is at (\S+)/.exec(output()) ?? []
      expect((await new Person(url).get('/')).servedBy).to.match(/^app/)
      for (const record of readRecords(folder)) {
        for (const own of ownAddresses()) expect(await accepts(own, record.port), own).to.equal(false)
      }
      expect(await accepts(ownAddresses()[0] ?? '127.0.0.1', port)).to.equal(
        ['0.0.0.0', '::', ownAddresses()[0]].includes(address),
      )
    })
  }

  it('says so when ADDRESS is not one of this machine’s', async () => {
    const { child, output } = start({ ADDRESS: '192.0.2.1' })
    expect(await exitCode(child)).to.equal(1)
    expect(output()).to.contain('Nothing can listen at ADDRESS=192.0.2.1')
  })

  it('holds nothing against the replicas of a machine that stood still', async () => {
    const { ready, child } = start()
    await ready()
    await sleep(1_000) // each replica has answered the watchdog
    const before = readRecords(folder).map(({ pid }) => pid as number)
    const all = [child.pid as number, ...before]
    for (const pid of all) process.kill(pid, 'SIGSTOP')
    await sleep(4_000)
    for (const pid of all) process.kill(pid, 'SIGCONT')
    await sleep(1_500)
    expect(readRecords(folder).map(({ pid }) => pid)).to.deep.equal(before)
  })

  function start(settings: NodeJS.ProcessEnv = {}, command = [process.execPath, 'dist/stack/start.js']) {
    const [program, ...given] = command as [string, ...string[]]
    const child = spawn(program, given, {
      env: { ...process.env, BODEGA_FOLDER: folder, PORT: String(port), ...settings },
    })
    running.add(child)
    child.once('exit', () => running.delete(child))
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += data))
    return {
      child,
      output: () => printed,
      ready: () =>
        waitUntil('not started', 40, () => {
          if (child.exitCode !== null) throw new Error(printed)
          return printed.includes('Bodega is at')
        }),
    }
  }
})

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  return exitCode(child)
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

function list(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((each) => each.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

/** This machine's addresses in its networks; a link-local one needs to be told the link. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
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
