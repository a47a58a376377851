import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { connect } from 'node:http2'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import getPort from 'get-port'
import { replicaProgram } from '../../stack/checkout.js'
import { waitUntil } from '../../stack/processes.js'
import { allocation } from '../../stack/replicas.js'
import { makeCertificate } from '../certificate.js'
import { Person, product, registration } from '../person.js'
import { folder } from '../system.js'

/** The container form, with its own project name, port and volumes beside whatever else runs. */
describe('docker compose up --build', function () {
  this.timeout(600_000)
  const project = 'bodega-test'
  let environment: NodeJS.ProcessEnv
  let person: Person
  const account = registration()

  before(async function () {
    if (!hasEngine()) {
      console.log('    skipped: there is no Docker Engine on this machine')
      this.skip()
    }
    const port = await getPort()
    environment = { ...process.env, PORT: String(port), COMPOSE_PROJECT_NAME: project }
    compose('down', '--volumes', '--remove-orphans')
    compose('up', '--build', '--detach', '--wait')
    person = new Person(`http://localhost:${port}`)
  })

  after(() => {
    if (environment) compose('down', '--volumes', '--remove-orphans')
  })

  it('serves the first request', async () => {
    expect((await person.get('/')).status).to.equal(200)
  })

  it('does everything that the pages offer', async () => {
    expect((await person.submit(await person.get('/register'), '/register', account)).status).to.equal(303)
    expect((await person.get('/products')).$('.empty h2').text()).to.equal('No products yet')
    const draft = product({ name: 'Lámpara 🍎 كابل', code: 'Box-1' })
    const { location } = await person.submit(await person.get('/products/new'), '/products', draft)
    expect((await person.get(location as string)).$('h1').text()).to.equal(draft.name)
    for (const q of ['lampara', '🍎', 'كابل', 'BOX-1', 'metres']) {
      expect((await person.get(`/products?q=${q}`)).$('tbody tr'), q).to.have.length(1)
    }
    expect((await person.get('/products?q=🍌')).$('tbody tr')).to.have.length(0)
    expect((await person.post('/products', product({ code: 'BOX-1' }))).status).to.equal(409)
    expect((await person.post('/products', product({ units: '-1' }))).status).to.equal(422)
    const copy = person.at(person.address)
    await person.post('/logout', {})
    expect((await copy.get('/products')).status).to.equal(303)
    expect((await person.post('/login', account)).status).to.equal(303)
  })

  it('does a write once, whatever the replicas at which its 100 twins arrive at once', async () => {
    const draft = product()
    const key = { 'idempotency-key': 'the same' }
    const answers = await Promise.all(Array.from({ length: 100 }, () => person.post('/products', draft, key)))
    expect(new Set(answers.map(({ status, location }) => `${status} ${location}`))).to.have.property('size', 1)
    expect((await person.get(`/products?q=${draft.code}`)).$('tbody tr')).to.have.length(1)
  })

  it('indexes what there is to search', async () => {
    for (const run of ['A', 'B']) {
      sql(`INSERT INTO products (name, code, description, units, category, search_text, created_by, created_at)
        WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000)
        SELECT 'Caja', CONCAT('${run}-', n), '', 1, 'Cajas', CONCAT('\\n${run}-', n, '\\n'), 1, UTC_TIMESTAMP(3) FROM numbers`)
    }
    const indexed = () => Number(sql('SELECT MIN(indexed_to) FROM catalogue_state')) >= 2_000
    await waitUntil('the products are not indexed', 30, indexed)
    expect((await person.get('/products?q=b-777')).$('tbody tr')).to.have.length(1)
  })

  it('gives the replicas names that docker kill takes, and nobody notices a kill', async () => {
    const { servedBy } = await person.get('/products')
    docker('kill', servedBy as string)
    for (let each = 0; each < 12; each++) {
      const { status, servedBy: next } = await person.get('/products')
      expect(status).to.equal(200)
      expect(next).not.to.equal(servedBy)
    }
    // What an operator killed stays dead until the operator wants it back.
    docker('start', servedBy as string)
    await waitUntil(`${servedBy} is not back`, 10, async () => (await person.get('/')).servedBy === servedBy)
  })

  it('brings a replica that dies back by itself', async function () {
    if (process.getuid?.() !== 0) return this.skip()
    const name = `${project}-app-2`
    const pid = Number(docker('inspect', '--format', '{{.State.Pid}}', name))
    process.kill(pid, 'SIGKILL')
    await waitUntil(`${name} is not back`, 20, async () => (await person.get('/')).servedBy === name)
    expect(Number(docker('inspect', '--format', '{{.State.Pid}}', name))).not.to.equal(pid)
  })

  it('ends a replica at SIGTERM, by its own doing and without a failed request', async () => {
    const name = `${project}-app-1`
    const reads = Promise.all(Array.from({ length: 100 }, () => person.get('/products')))
    docker('stop', name)
    expect(new Set((await reads).map(({ status }) => status))).to.deep.equal(new Set([200]))
    expect(docker('inspect', '--format', '{{.State.ExitCode}}', name)).to.equal('0')
    docker('start', name)
  })

  it('scales to five with no edit', async () => {
    compose('up', '--scale', 'app=5', '--detach')
    const seen = new Set<string | null>()
    await waitUntil('the five do not all serve', 15, async () => {
      seen.add((await person.get('/')).servedBy)
      return seen.size === 5
    })
    expect([...seen].sort()).to.deep.equal([1, 2, 3, 4, 5].map((each) => `${project}-app-${each}`))
  })

  it('publishes nothing but its one port, and every container is hardened', () => {
    const containers = JSON.parse(docker('inspect', ...compose('ps', '--all', '--quiet').split('\n')))
    expect(containers.length).to.be.at.least(7)
    for (const { Name, Config, HostConfig, NetworkSettings } of containers) {
      const published = Object.values(NetworkSettings.Ports ?? {}).filter((each) => each !== null)
      expect(published, Name).to.have.length(Name.includes('proxy') ? 1 : 0)
      expect(Config.User, Name).not.to.be.oneOf(['', '0', 'root'])
      expect(HostConfig.ReadonlyRootfs, Name).to.equal(true)
      expect(HostConfig.CapDrop, Name).to.deep.equal(['ALL'])
      expect(HostConfig.CapAdd ?? [], Name).to.deep.equal([])
      expect(HostConfig.Memory, Name).to.be.above(0)
      expect(HostConfig.NanoCpus, Name).to.be.above(0)
      expect(HostConfig.PidsLimit, Name).to.be.within(1, 500)
      expect(HostConfig.LogConfig.Config, Name).to.include.keys('max-size', 'max-file')
    }
  })

  it('runs a replica as the local form does', () => {
    const { Config } = JSON.parse(docker('inspect', `${project}-app-1`))[0]
    expect(Config.Cmd).to.deep.equal(['node', ...replicaProgram('dist')])
    for (const [name, value] of Object.entries(allocation)) expect(Config.Env).to.include(`${name}=${value}`)
  })

  it('keeps the data when everything is taken down and started again', async () => {
    compose('down')
    compose('up', '--detach', '--wait')
    await sleep(100) // until it is seen that the connections of before have ended
    expect((await person.get('/products?q=box-1')).$('tbody tr')).to.have.length(1)
  })

  it('serves over TLS where it is given a certificate, redirects to it, and believes the proxies it is told of', async () => {
    const { certificate, key, ca } = makeCertificate(join(folder, 'compose'))
    chmodSync(key, 0o644) // in the container nginx is another user
    const tlsPort = String(await getPort())
    const tls = {
      TLS_CERTIFICATE: certificate,
      TLS_KEY: key,
      TLS_PORT: tlsPort,
      HSTS: '60',
      TRUSTED_PROXIES: '0.0.0.0/0',
    }
    Object.assign(environment, tls)
    compose('up', '--detach', '--wait', '--no-deps', 'proxy')

    const { status, location } = await person.get('/login?next=x')
    expect([status, location]).to.deep.equal([308, `https://localhost:${tlsPort}/login?next=x`])
    const client = connect(`https://localhost:${tlsPort}`, { ca })
    const [headers] = await once(client.request({ ':path': '/', 'x-forwarded-for': '203.0.113.7' }), 'response')
    client.destroy()
    expect(headers).to.include({ ':status': 200, 'strict-transport-security': 'max-age=60' })
    expect(compose('logs', 'proxy')).to.contain('"client":"203.0.113.7"')
  })

  it('names a setting of TLS that is wrong', () => {
    for (const name of ['TLS_KEY', 'TLS_CERTIFICATE']) {
      const right = environment[name]
      environment[name] = ''
      expect(() => compose('up', '--detach', '--wait', '--no-deps', 'proxy')).to.throw()
      expect(compose('logs', '--tail', '1', 'proxy')).to.contain(`${name} must be`)
      environment[name] = right
    }
  })

  function sql(statement: string): string {
    const client = 'mysql -uroot -p"$(cat $MYSQL_ROOT_PASSWORD_FILE)" bodega_products -Ne "$0"'
    return compose('exec', '-T', 'db', 'sh', '-c', client, statement)
  }

  function compose(...options: string[]): string {
    return docker('compose', ...options)
  }

  function docker(...options: string[]): string {
    return execFileSync('docker', options, {
      env: environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  }
})

function hasEngine(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
