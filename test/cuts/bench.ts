import { expect } from 'chai'
import { readConfig } from '../../app/config.js'
import { waitUntil } from '../../stack/processes.js'
import { startReplica } from '../lone-replica.js'
import { type Answer, Person } from '../person.js'
import { stack } from '../system.js'
import { uploadFile } from '../uploads.js'
import type { Cut, Link } from './link.js'
import { PacketProxy } from './proxy.js'
import type { Transactions } from './transactions.js'
import { type Attempt, commits, countClaims, type Write } from './write.js'

/** A server that heard nothing of a cut holds its locks for its wait_timeout; until then the answer is 503. */
const mostAttempts = { reset: 1, silence: 3 }

/** Mails stay in the outbox. */
const mail = { MAIL_URL: 'smtp://127.0.0.1', MAIL_FROM: 'bodega@example.org', PUBLIC_URL: 'https://bodega.example' }

/** A replica with a proxy before each of its databases. */
export type Bench = Awaited<ReturnType<typeof startBench>>

export async function startBench(transactions: Transactions, sendsMail: boolean) {
  let packets: string[] = []
  let next: Cut | undefined
  const { users, products } = readConfig(stack.environment)
  const proxies = [
    await PacketProxy.open('users', users, cutAt),
    await PacketProxy.open('products', products, cutAt),
  ] as const
  const replica = await startReplica({
    USERS_DATABASE_URL: `mysql://${users.user}@127.0.0.1:${proxies[0].port}/${users.database}`,
    PRODUCTS_DATABASE_URL: `mysql://${products.user}@127.0.0.1:${proxies[1].port}/${products.database}`,
    JOBS: 'off',
    ...(sendsMail ? mail : {}),
  })
  await waitUntil('there is no heartbeat', 20, () => proxies[0].hasHeartbeats)

  return {
    /** The packets of a write that is not cut, in their order: those that come each time, because requests together may share a statement or not. */
    async record(write: Write): Promise<string[]> {
      const [first, ...others] = [await recordOnce(write), await recordOnce(write), await recordOnce(write)]
      const always = first.filter((packet) => others.every((packets) => packets.includes(packet)))
      const sure = ['connect ← 1', ...(commits(write) ? ['COMMIT ← 2'] : [])]
      expect(always).to.include.members(sure.map((packet) => `${write.database}: ${packet}`))
      return always
    },

    /** Does a write that is cut. @throws what is not as it should be */
    async cut(write: Write, cut: Cut, tries = 3): Promise<void> {
      const attempt = await begin(write)
      next = cut
      let answer = await send(write, attempt)
      for (let sent = 1; answer.status >= 503 && sent < mostAttempts[cut.how]; sent++) {
        answer = await send(write, attempt)
      }
      await isDoneOnce(write, attempt, answer)
      await nothingIsLeft()
      if (!next) return
      expect(tries, 'the packet did not come').to.be.above(1)
      await this.cut(write, cut, tries - 1)
    },

    async stop() {
      await replica.stop()
      for (const proxy of proxies) proxy.close()
    },
  }

  function cutAt(packet: string): Cut | undefined {
    packets.push(packet)
    if (packet !== next?.packet) return undefined
    const cut = next
    next = undefined
    return cut
  }

  async function recordOnce(write: Write): Promise<string[]> {
    const attempt = await begin(write)
    packets = []
    const answer = await send(write, attempt)
    const ofWrite = [...packets]
    await isDoneOnce(write, attempt, answer)
    return ofWrite
  }

  async function begin(write: Write): Promise<Attempt> {
    const attempt = await write.prepare(replica.address)
    await resetConnections()
    return attempt
  }

  /** No connection in use and no transaction open; nor behind a silent connection, once the server knows that it ended. */
  async function nothingIsLeft() {
    await waitUntil('connections are in use', 10, async () => !inUse.test(await metrics()))
    const links = proxies.flatMap(({ links }) => links)
    await transactions.none(portsOf(links.filter(({ silent }) => !silent)))
    await resetConnections()
    await transactions.none(portsOf(links))
  }

  async function metrics(): Promise<string> {
    return (await new Person(replica.address).get('/metrics')).html
  }

  async function resetConnections() {
    await Promise.all(proxies.map((proxy) => proxy.reset()))
  }
}

const inUse = /^bodega_database_connections\{.*state="(used|waiting)".*\} [1-9]/m

function portsOf(links: Link[]): number[] {
  return links.map(({ port }) => port)
}

/** @returns the answer, or that of what is sent beside it and was not done */
async function send(write: Write, attempt: Attempt): Promise<Answer> {
  const { person, fields, key, path = write.path, method = 'POST', body, file, beside = [] } = attempt
  if (path.startsWith('/api/')) {
    const json = body && { body: JSON.stringify(body) }
    const headers = { 'idempotency-key': key, ...(body && { 'content-type': 'application/json' }) }
    return person.send(method, path, { ...json, headers })
  }
  if (file !== undefined) return uploadFile(person, file, { key })
  const all = [{ fields, key }, ...beside]
  const answers = await Promise.all(all.map((each) => person.post(path, each.fields, { 'idempotency-key': each.key })))
  return answers.find(({ status }) => status >= 400) ?? (answers[0] as Answer)
}

async function isDoneOnce(write: Write, attempt: Attempt, answer: Answer) {
  expect(answer.status, 'status').to.equal(write.status ?? 303)
  expect(await countClaims(write, attempt), 'claims').to.equal(write.byKey === false ? 0 : 1)
  await write.isDone(attempt, answer)
}
