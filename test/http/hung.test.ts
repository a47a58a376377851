import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { waitUntil } from '../../stack/processes.js'
import { unique } from '../person.js'
import { allReady, replicaNamed, signal } from '../replica.js'
import { folder } from '../system.js'

describe('a replica that hung', () => {
  afterEach(allReady)

  it('does what is waited for when it goes on, and nothing of what was given up', async () => {
    signal('app2', 'SIGSTOP')
    const { port } = replicaNamed('app2')
    const run = unique()
    const ask = (id: string) => {
      const socket = connect(port, '127.0.0.1')
      socket.write(`GET /register HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: ${id}\r\nConnection: close\r\n\r\n`)
      return socket
    }
    const waiting = Array.from({ length: 5 }, () => ask(`${run}-still-waiting`)).map(text)
    const givenUp = Array.from({ length: 50 }, () => ask(`${run}-was-given-up`))
    await sleep(500)
    for (const socket of givenUp) socket.end()
    await sleep(500)
    signal('app2', 'SIGCONT')
    for (const answer of await Promise.all(waiting)) expect(answer).to.match(/^HTTP\/1\.1 200 /)
    const statuses = () =>
      readFileSync(join(folder, 'logs/app2.log'), 'utf8')
        .split('\n')
        .filter((line) => line.includes(`${run}-was-given-up`))
        .map((line) => JSON.parse(line).status)
    await waitUntil('the lines are not there', 5, () => statuses().length === givenUp.length)
    expect(new Set(statuses())).to.deep.equal(new Set([499]))
  })
})
