import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import getPort from 'get-port'
import { waitUntil } from '../../stack/processes.js'
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
    const secrets = readdirSync(join(folder, 'secrets')).map((name) =>
      readFileSync(join(folder, 'secrets', name), 'utf8'),
    )
    expect(new Set(secrets)).to.have.property('size', 4)
    for (const secret of secrets) expect(secret).to.match(/^[\w-]{43}$/)
  })

  function start(settings: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, ['dist/stack/start.js'], {
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
