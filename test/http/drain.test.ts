import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import getPort from 'get-port'
import mysql from 'mysql2/promise'
import { readMigratorConfig } from '../../app/config.js'
import { replicaProgram } from '../../stack/checkout.js'
import { waitUntil } from '../../stack/processes.js'
import { administrator, Person } from '../person.js'
import { stack } from '../system.js'

describe('a replica that is told to leave', () => {
  let replica: ChildProcess
  let port: number
  let person: Person

  beforeEach(async () => {
    port = await getPort()
    replica = spawn(process.execPath, replicaProgram('dist'), {
      stdio: 'ignore',
      env: { ...stack.environment, REPLICA_NAME: 'leaving', PORT: String(port) },
    })
    person = new Person(`http://127.0.0.1:${port}`)
    await waitUntil('the replica is not ready', 10, () =>
      person.get('/readyz').then(
        ({ status }) => status === 200,
        () => false,
      ),
    )
  })
  afterEach(() => {
    replica.kill('SIGKILL')
  })

  it('is unready at once, and tells new requests that nothing was executed', async () => {
    await person.get('/login') // which is kept
    replica.kill('SIGTERM')
    await sleep(100)
    expect((await person.get('/readyz')).status).to.equal(503)
    const answer = await person.get('/login')
    expect(answer.status).to.equal(503)
    expect(answer.headers.get('connection')).to.equal('close')
    expect(answer.$('h1').text()).to.equal('We cannot serve you right now')
  })

  it('finishes what runs, closes that connection, and ends by itself with 0', async () => {
    const body = 'email=&password='
    const socket = connect(port, '127.0.0.1')
    const answer = text(socket)
    await once(socket, 'connect')
    socket.write(
      `POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\nemail=`,
    )
    await sleep(100)
    replica.kill('SIGTERM')
    // Past the moment at which idle connections are closed.
    await sleep(1_000)
    expect(replica.exitCode).to.equal(null)
    socket.write(body.slice('email='.length))
    expect(await answer)
      .to.match(/^HTTP\/1\.1 422 /)
      .and.to.match(/\r\nConnection: close\r\n/i)
    const [code] = await once(replica, 'exit')
    expect(code).to.equal(0)
  })

  it('ends although a client keeps an idle connection', async () => {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
    socket.on('error', () => {})
    replica.kill('SIGTERM')
    const [code] = await once(replica, 'exit')
    expect(code).to.equal(0)
  })

  it('ends in order although a live page is just being opened', async () => {
    const viewer = (await administrator()).at(person.address)
    const { admin, account } = readMigratorConfig(stack.environment).users
    const locker = await mysql.createConnection({ ...admin, database: account.database })
    await locker.query('LOCK TABLES heartbeats WRITE')
    const opening = viewer.get('/status/events')
    await sleep(500)
    replica.kill('SIGTERM')
    await sleep(200)
    await locker.end()
    expect((await opening).status).to.equal(503)
    const [code] = await once(replica, 'exit')
    expect(code).to.equal(0)
  })
})
