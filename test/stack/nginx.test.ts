import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import getPort from 'get-port'
import { makeLogFolders } from '../../stack/logs.js'
import { startNginx } from '../../stack/nginx.js'
import { waitUntil } from '../../stack/processes.js'
import { type Answer, Person, signedIn, unique } from '../person.js'
import { allReady } from '../replica.js'
import { folder, stack } from '../system.js'

describe('nginx', () => {
  it('serves the assets itself, compressed, for a year', async () => {
    const { $ } = await new Person().get('/')
    const style = await new Person().get($('link[rel=stylesheet]').attr('href') as string)
    expect([style.status, style.servedBy]).to.deep.equal([200, 'nginx'])
    expect(style.headers.get('cache-control')).to.equal('public, max-age=31536000, immutable')
    expect(style.headers.get('content-encoding')).to.equal('gzip')
    expect(style.headers.get('content-type')).to.equal('text/css')
  })

  it('compresses pages', async () => {
    expect((await new Person().get('/')).headers.get('content-encoding')).to.equal('gzip')
  })

  it('logs a JSON line a request, with its id, the replica’s address and status', async () => {
    const answer = await new Person().get(`/?${unique()}`)
    const entry = await logged(answer)
    expect(entry).to.include({ method: 'GET', path: '/', status: 200, upstreamStatus: '200' })
    expect(entry.upstream).to.match(/^127\.0\.0\.1:\d+$/)
  })

  it('tells the same id to the replica, which logs it too, and logs no query, cookie or password', async () => {
    const person = await signedIn({ password: `secret phrase ${unique()}` })
    const { headers, servedBy } = await person.get('/products?q=secretquery')
    const log = readFileSync(join(folder, `logs/${servedBy}.log`), 'utf8')
    const entry = log.split('\n').find((line) => line.includes(headers.get('x-request-id') as string))
    expect(JSON.parse(entry as string)).to.include({ replica: servedBy, method: 'GET', path: '/products', status: 200 })
    for (const name of ['logs/app1.log', 'logs/app2.log', 'logs/app3.log', 'nginx/logs/access.log']) {
      const all = readFileSync(join(folder, name), 'utf8')
      expect(all).not.to.contain('secret phrase').and.not.to.contain('secretquery')
      expect(all).not.to.contain(person.cookie('session') as string)
    }
  })

  it('takes from the replicas the assets of another version’s pages', async () => {
    const { $ } = await new Person().get('/')
    const path = $('link[rel=stylesheet]').attr('href') as string
    const file = join(folder, 'nginx/public', basename(path))
    const away = `${file}.away`
    renameSync(`${file}.gz`, `${away}.gz`)
    renameSync(file, away)
    try {
      const style = await new Person().get(path)
      expect(style.status).to.equal(200)
      expect(style.servedBy).to.match(/^app\d$/)
      expect(style.html).to.equal(readFileSync(away, 'utf8'))
      expect(style.headers.get('cache-control')).to.equal('public, max-age=31536000, immutable')
      expect(style.headers.get('content-encoding')).to.equal('gzip')
      expect(style.headers.get('content-type')).to.contain('text/css')
      expect(style.headers.get('set-cookie')).to.equal(null)
    } finally {
      renameSync(away, file)
      renameSync(`${away}.gz`, `${file}.gz`)
    }
  })

  it('asks every replica for an asset, answers 404 in its own page, and goes on asking all', async () => {
    const answer = await new Person().get(`/static/app.${unique()}.css`)
    expectOwnPage(answer, 404)
    const entry = await logged(answer)
    const asked = entry.upstream.split(', ')
    expect(new Set(asked)).to.have.property('size', stack.replicas.length)
    expect(new Set(entry.upstreamStatus.split(', '))).to.deep.equal(new Set(['404']))
    const served = await Promise.all(Array.from({ length: 9 }, () => new Person().get('/')))
    expect(new Set(served.map(({ servedBy }) => servedBy))).to.have.property('size', stack.replicas.length)
    expect((await new Person().get('/static/manifest.json.gz/../../conf/nginx.conf')).status).to.equal(404)
  })

  it('serves others while one client holds thousands of requests whose header never ends', async () => {
    const port = Number(new URL(stack.url).port)
    let held = 0
    const sockets = Array.from({ length: 9_000 }, () => {
      const socket = connect(port, '127.0.0.1', () => held++)
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
      return socket.on('error', () => {}).on('close', () => held--)
    })
    try {
      await waitUntil('the requests are not held', 4, () => held === sockets.length)
      const answers = await Promise.all(Array.from({ length: 40 }, () => new Person().get('/')))
      expect(answers.map(({ status }) => status)).to.deep.equal(Array(40).fill(200))
      await waitUntil('nginx does not give them up', 8, () => held === 0)
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  })

  describe('when no replica answers', () => {
    after(allReady)

    it('says so in a page of its own: 502', async () => {
      for (const { process: replica } of stack.replicas) replica?.kill('SIGKILL')
      expectOwnPage(await new Person().get('/'), 502)
    })

    it('says so when they take requests and are silent, 504, and stops one client from taking it all, 429', async () => {
      // The stack kills replicas that hang, so another nginx has silent ones.
      const silent = [createServer(), createServer(), createServer()].map((server) => server.listen(0, '127.0.0.1'))
      const prefix = mkdtempSync(join(tmpdir(), 'bodega-nginx-'))
      makeLogFolders(prefix)
      const [address, port] = ['127.0.0.1', await getPort()]
      const replicaPorts = silent.map((server) => (server.address() as AddressInfo).port)
      const nginx = await startNginx(prefix, { address, port, replicaPorts, settings: {} })
      const asked = Array.from({ length: 1100 }, () => new Person(`http://${address}:${port}`).get('/'))
      const crowd = Promise.all(asked).finally(() => nginx.stop('SIGKILL'))
      const statuses = (await crowd).map(({ status }) => status)
      for (const server of silent) server.close()
      rmSync(prefix, { recursive: true })
      // 502 where the replicas' queues of new connections are full, so that none could be asked.
      expect([502, 504, 429]).to.include.members(statuses)
      expect(statuses.filter((status) => status === 429).length).to.be.within(100, 300)
      const answers = await crowd
      expectOwnPage(answers.find(({ status }) => status === 504) as Answer, 504)
      expectOwnPage(answers.find(({ status }) => status === 429) as Answer, 429)
    })
  })

  it('limits how many passwords one client has looked at, in a page of its own, and limits nothing else', async () => {
    const replica = createHttpServer((_, response) => response.end()).listen(0, '127.0.0.1')
    const prefix = mkdtempSync(join(tmpdir(), 'bodega-nginx-'))
    makeLogFolders(prefix)
    const [address, port] = ['127.0.0.1', await getPort()]
    const replicaPorts = [(replica.address() as AddressInfo).port]
    const nginx = await startNginx(prefix, { address, port, replicaPorts, settings: {} })
    try {
      const client = new Person(`http://${address}:${port}`)
      const paths = ['/login', '/LOGIN', '/register']
      const answers = await Promise.all(
        Array.from({ length: 300 }, (_, each) => client.post(paths[each % 3] ?? '', {})),
      )
      const refused = answers.filter(({ status }) => status === 429)
      expect(refused.length).to.be.within(1, 100)
      expectOwnPage(refused[0] as Answer, 429)
      expect(refused[0]?.headers.get('retry-after')).to.equal('10')
      expect((await client.get('/login')).status).to.equal(200)
      expect((await client.post('/products', {})).status).to.equal(200)
    } finally {
      await nginx.stop('SIGKILL')
      replica.close()
      rmSync(prefix, { recursive: true })
    }
  })

  it('is back within a second or two when it is killed itself', async () => {
    const before = stack.nginx.process?.pid
    stack.nginx.process?.kill('SIGKILL')
    await waitUntil('nginx is not back', 5, () => {
      return stack.nginx.process !== undefined && stack.nginx.process.pid !== before
    })
    await waitUntil('nginx does not serve', 5, () =>
      new Person().get('/').then(
        ({ status }) => status === 200,
        () => false,
      ),
    )
  })

  it('finds the way back at once when the replicas are back', async () => {
    for (let each = 0; each < 9; each++) expect((await new Person().get('/')).status).to.equal(200)
  })
})

/** The line about a request in nginx's log. */
async function logged({ headers }: Answer) {
  const id = headers.get('x-request-id') as string
  const lines = () => readFileSync(join(folder, 'nginx/logs/access.log'), 'utf8').split('\n')
  await waitUntil('the line is not there', 2, () => lines().some((line) => line.includes(id)))
  return JSON.parse(lines().find((line) => line.includes(id)) as string)
}

function expectOwnPage(answer: Answer, status: number) {
  expect([answer.status, answer.servedBy]).to.deep.equal([status, 'nginx'])
  expect(answer.$('section')).to.have.length(2)
  // "no-referrer" would make browsers send forms with "Origin: null".
  expect(answer.headers.get('referrer-policy')).to.equal('same-origin')
  expect(answer.$('code').first().text()).to.equal(answer.headers.get('x-request-id'))
}
