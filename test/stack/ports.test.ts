import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect } from 'chai'
import { choosePorts } from '../../stack/ports.js'

describe('the ports of a stack', () => {
  it('are no other’s, also where several start at once', async () => {
    const chosen = await Promise.all(Array.from({ length: 5 }, choosePorts))
    for (const { release } of chosen) release()
    const ports = chosen.flatMap(({ database, replicas }) => [database, ...replicas])
    expect(new Set(ports)).to.have.property('size', 20)
  })

  it('are free', async () => {
    const { database, replicas, release } = await choosePorts()
    for (const port of [database, ...replicas]) {
      const server = createServer().listen(port, '127.0.0.1')
      await once(server, 'listening')
      server.close()
    }
    release()
  })
})
