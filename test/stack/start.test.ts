import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import getPort from 'get-port'
import { readRecords } from '../../stack/replicas.js'
import { makeCertificate } from '../certificate.js'
import { exitCode, npmStart, stop } from '../npm-start.js'
import { Person, product, registration } from '../person.js'

describe('npm start', () => {
  const own = npmStart()

  it('starts from nothing, stops at a signal, and the data is there at the next start', async () => {
    const first = own.start()
    await first.ready()
    const account = registration()
    const person = new Person(`http://localhost:${own.port}`)
    await person.post('/register', account)
    expect((await person.get('/products')).$('.empty h2').text()).to.equal('No products yet')
    const { location } = await person.post('/products', product({ name: 'Kept' }))
    expect(await stop(first.child, 'SIGINT')).to.equal(0)
    expect(first.output()).to.contain('stopping')

    await own.start().ready()
    expect((await person.get(location as string)).$('h1').text()).to.equal('Kept')
    expect((await new Person(person.address).post('/login', account)).status).to.equal(303)
  })

  it('stops at a signal to npm, which hands it on to the shell that runs the script', async () => {
    const script = JSON.parse(readFileSync('package.json', 'utf8')).scripts.start.replace('stack/setup.mjs ', '')
    const { child, output, ready } = own.start({}, ['sh', '-c', script])
    await ready()
    expect(await stop(child, 'SIGTERM')).to.equal(0)
    expect(output()).to.contain('stopping')
  })

  it('tells each step in a line, and the address at the end', async () => {
    const { ready, output } = own.start()
    await ready()
    expect(output().trim().split('\n').slice(0, 4)).to.deep.equal([
      '· starting the database',
      '· bringing both databases up to date',
      '· starting three replicas',
      '· starting nginx',
    ])
    expect(output()).to.contain(`Bodega is at http://localhost:${own.port}`)
  })

  it('starts after it was killed, whatever that left behind', async () => {
    const first = own.start()
    await first.ready()
    const person = new Person(`http://localhost:${own.port}`)
    await person.post('/register', registration())
    await stop(first.child, 'SIGKILL')
    expect(existsSync(join(own.folder, 'stack.pid'))).to.equal(true)

    await own.start().ready()
    expect((await person.get('/products')).status).to.equal(200)
  })

  it('takes no stale file for the truth', async () => {
    mkdirSync(join(own.folder, 'mariadb.unfinished'))
    mkdirSync(join(own.folder, 'nginx/run'), { recursive: true })
    writeFileSync(join(own.folder, 'stack.pid'), '1')
    writeFileSync(join(own.folder, 'nginx/run/nginx.pid'), '1')
    writeFileSync(join(own.folder, 'replicas.json'), '{ cut off')
    await own.start().ready()
  })

  it('starts with the data of before when the secrets were lost', async () => {
    const first = own.start()
    await first.ready()
    const account = registration()
    await new Person(`http://localhost:${own.port}`).post('/register', account)
    await stop(first.child, 'SIGTERM')
    rmSync(join(own.folder, 'secrets'), { recursive: true })
    await own.start().ready()
    expect((await new Person(`http://localhost:${own.port}`).post('/login', account)).status).to.equal(303)
  })

  it('says so when it is running already, and leaves that one alone', async () => {
    await own.start().ready()
    const second = own.start()
    expect(await exitCode(second.child)).to.equal(1)
    expect(second.output()).to.contain('Bodega is running already')
    expect((await new Person(`http://localhost:${own.port}`).get('/')).status).to.equal(200)
  })

  it('says so when the port is taken, and how to choose another', async () => {
    const other = createServer().listen(own.port, '127.0.0.1')
    await once(other, 'listening')
    const { child, output } = own.start()
    expect(await exitCode(child)).to.equal(1)
    expect(output())
      .to.contain(`Port ${own.port} is in use by another program`)
      .and.to.contain(`PORT=${own.port + 1} npm start`)
    other.close()
  })

  it('destroys nothing in a data folder that is no database', async () => {
    mkdirSync(join(own.folder, 'mariadb'))
    writeFileSync(join(own.folder, 'mariadb/backup.sql'), 'precious')
    const { child, output } = own.start()
    expect(await exitCode(child)).to.equal(1)
    expect(output()).to.contain('holds no database')
    expect(readFileSync(join(own.folder, 'mariadb/backup.sql'), 'utf8')).to.equal('precious')
  })

  it('names a setting that is wrong', async () => {
    const { child, output } = own.start({ LOG_LEVEL: 'loud' })
    expect(await exitCode(child)).to.equal(1)
    expect(output()).to.contain('LOG_LEVEL')
  })

  it('serves over TLS where it has a certificate, and says where', async () => {
    const { certificate, key } = makeCertificate(join(own.folder, 'tls'))
    const tlsPort = String(await getPort())
    const { ready, output } = own.start({ TLS_CERTIFICATE: certificate, TLS_KEY: key, TLS_PORT: tlsPort })
    await ready()
    expect(output()).to.contain(`Bodega is at https://localhost:${tlsPort}`)
    const { status, location } = await new Person(`http://localhost:${own.port}`).get('/login')
    expect([status, location]).to.deep.equal([308, `https://localhost:${tlsPort}/login`])
  })

  for (const [name, settings] of Object.entries({
    TLS_PORT: { TLS_PORT: 'https' },
    TLS_CERTIFICATE: { TLS_KEY: '/nowhere.pem' },
  })) {
    it(`names ${name} where that is wrong`, async () => {
      const { child, output } = own.start(settings)
      expect(await exitCode(child)).to.equal(1)
      expect(output()).to.contain(`${name} must be`)
    })
  }

  it('holds nothing against the replicas of a machine that stood still', async () => {
    const { ready, child } = own.start()
    await ready()
    await sleep(1_000) // each replica has answered the watchdog
    const before = readRecords(own.folder).map(({ pid }) => pid as number)
    const all = [child.pid as number, ...before]
    for (const pid of all) process.kill(pid, 'SIGSTOP')
    await sleep(4_000)
    for (const pid of all) process.kill(pid, 'SIGCONT')
    await sleep(1_500)
    expect(readRecords(own.folder).map(({ pid }) => pid)).to.deep.equal(before)
  })
})
