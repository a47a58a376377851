import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { waitUntil } from '../../../stack/processes.js'
import { firstTold, openStream, type Told, watch } from '../../event-stream.js'
import { administrator, type Person } from '../../person.js'
import { allReady, replicaNamed, signal } from '../../replica.js'
import { databases, replicaAddresses, stack } from '../../system.js'

describe('the page of the servers, live,', () => {
  let person: Person
  before(async () => {
    person = await administrator()
  })
  afterEach(allReady)

  it('tells live of a replica’s death and return', async () => {
    const events = watch(person.at(replicaAddresses()[0] as string))
    const before = String(replicaNamed('app2').pid)
    const { timeline } = await firstTold('nothing came', 3, events, () => true)
    expect(timeline.replicas.app2?.requests).to.have.length(900)
    const killedAt = Date.now()
    signal('app2', 'SIGKILL')
    const isNew = ({ kind, replica, at }: Told['marks'][number]) =>
      replica === 'app2' && at * 1000 > killedAt - 2_000 && kind
    const kindsOf = ({ marks }: Told) => marks.map(isNew).filter(Boolean)
    await firstTold('its death was not told', 5, events, (told) => kindsOf(told).includes('killed'))
    const back = await firstTold('its return was not told', 8, events, (told) => {
      return kindsOf(told).includes('returned') && conditionIn(told, 'app2') === 'ready'
    })
    expect(back.$('[data-replica=app2] .about').text()).not.to.contain(before)
    expect(back.timeline.replicas.app2?.requests.length).to.be.below(10)
    await events.return(undefined)

    const { $ } = await person.get('/status')
    expect($('[data-replica=app2]').attr('data-condition')).to.equal('ready')
    expect($('[data-replica=app2] .latest').text()).to.contain('app2 went down').and.contain('app2 came back after')
    expect($('svg line.mark-killed').length).to.be.at.least(1)
  })

  it('says in its headline at once that a replica is silent, and to screen readers without the seconds', async () => {
    const events = watch(person.at(replicaAddresses()[0] as string))
    await firstTold('they are not all ready', 40, events, ({ $ }) => $('.summary').text().trim() === allThree)
    signal('app2', 'SIGSTOP')
    try {
      const silent = await firstTold(
        'its silence was not told',
        4,
        events,
        ({ $ }) => !$('.summary').text().includes('All 3'),
      )
      expect(silent.$('.summary').text()).to.match(
        /^app2 has been silent for [12]\.\d s\. 2 of 3 servers are ready\. $/,
      )
      expect(silent.$('[role=status]').text()).to.equal('app2 has gone silent. 2 of 3 servers are ready.')
    } finally {
      signal('app2', 'SIGCONT')
    }
    await events.return(undefined)
  })

  it('says in its headline that a replica was away, however short it was, and after a while no more', async () => {
    const events = watch(person.at(replicaAddresses()[0] as string))
    await firstTold('they are not all ready', 40, events, ({ $ }) => $('.summary').text().trim() === allThree)
    signal('app2', 'SIGKILL')
    await firstTold('its return was not told', 8, events, ({ $ }) => {
      return /^app2 is back after \d.* All 3 servers are ready\./.test($('.summary').text())
    })
    await firstTold('it is told for ever', 15, events, ({ $ }) => $('.summary').text().trim() === allThree)
    await events.return(undefined)
  })

  it('says while the database is away that it does not answer, and then of nobody that it died', async () => {
    const events = watch(person.at(replicaAddresses()[0] as string))
    await events.next()
    stack.database.process?.kill('SIGSTOP')
    try {
      await firstTold('it was not told', 8, events, ({ $ }) =>
        $('.summary').text().includes('database is not responding'),
      )
      await sleep(4_000) // in which the sessions are asked for
      const { $ } = (await events.next()).value as Told
      expect($('.summary').text()).not.to.contain('ready')
      expect($('.servers').hasClass('stale')).to.equal(true)
      expect($('.beat').first().text()).to.match(/[2-9]\.\d s ago/)
      expect($('[data-condition=silent]')).to.have.length(0)
    } finally {
      stack.database.process?.kill('SIGCONT')
    }
    for (let each = 0; each < 10; each++) {
      const { $ } = (await events.next()).value as Told
      expect($('[data-condition=killed]')).to.have.length(0)
    }
    await events.return(undefined)
  })

  it('tells live of a replica that leaves, whose own streams end at once and in good order', async () => {
    const own = await openStream(person.at(replicaAddresses()[2] as string))
    const ended = (async () => {
      for await (const _ of own.events());
    })()
    const events = watch(person.at(replicaAddresses()[0] as string))
    await events.next()
    const since = Date.now() / 1000 - 1
    signal('app3', 'SIGTERM')
    await ended
    await firstTold('it was not told', 5, events, ({ marks }) => {
      return marks.some(({ kind, replica, at }) => kind === 'draining' && replica === 'app3' && at > since)
    })
    const told = await firstTold('its return was not told', 8, events, (each) => conditionIn(each, 'app3') === 'ready')
    expect(told.marks.filter(({ kind, at }) => kind === 'killed' && at > since)).to.deep.equal([])
    await events.return(undefined)
  })

  it('is told on from another replica when the one that told it is killed', async () => {
    const events = watch(person)
    const { servedBy } = (await events.next()).value
    signal(servedBy, 'SIGKILL')
    const { $ } = await firstTold('nobody told on', 5, events, (told) => told.servedBy !== servedBy)
    expect($('.origin').text()).to.contain('Live, served by').and.not.to.contain(servedBy)
    await events.return(undefined)
  })

  it('is streamed through nginx piece by piece, for longer than an answer may take to begin', async () => {
    const stream = await openStream(person)
    expect(stream.headers.get('content-type')).to.equal('text/event-stream; charset=utf-8')
    expect(stream.headers.get('cache-control')).to.equal('no-store')
    const start = Date.now()
    let count = 0
    for await (const _ of stream.events()) {
      count++
      if (Date.now() - start > 12_000) break
    }
    stream.close()
    expect(count).to.be.within(15, 30)
  })

  it('ends the stream of a person who signs out', async () => {
    const other = await administrator()
    const stream = await openStream(other)
    const names: string[] = []
    for await (const { name } of stream.events()) {
      names.push(name)
      if (names.length === 1) await other.at(other.address).post('/logout', {})
      expect(names.length, 'events').to.be.below(16)
    }
    expect(names.at(-1)).to.equal('ended')
  })

  it('bears ten streams of one person, for which it reads no more than for one, and nothing for nobody', async () => {
    const near = (await administrator()).at(replicaAddresses()[1] as string)
    // The replicas' jobs ask every second, too; a stream would ask some 16 times more in each of these spans.
    await waitUntil('somebody reads for nobody', 40, async () => (await selectsIn(4)) <= 32)
    const streams = await Promise.all(Array.from({ length: 10 }, () => openStream(near)))
    for (const stream of streams) drainQuietly(stream.events())
    expect(streams.map(({ status }) => status)).to.deep.equal(Array(10).fill(200))
    const refused = await openStream(near)
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([429, '10'])
    const busy = await selectsIn(4)
    for (const stream of streams) stream.close()
    // One reading for all takes some 16, beside the jobs'; each for itself would take 160.
    expect(busy).to.be.within(16, 64)
  })
})

const allThree = 'All 3 servers are ready.'

function conditionIn({ $ }: Told, name: string): string | undefined {
  return $(`[data-replica=${name}]`).attr('data-condition')
}

/** How many times the server was asked for rows in so many seconds, by anybody. */
async function selectsIn(seconds: number): Promise<number> {
  const asked = async () => {
    const [[row]] = await databases.users.raw(`SHOW GLOBAL STATUS LIKE 'Com_select'`)
    return Number(row.Value)
  }
  const before = await asked()
  await sleep(seconds * 1000)
  return (await asked()) - before
}

async function drainQuietly(events: AsyncGenerator<unknown>) {
  try {
    for await (const _ of events);
  } catch {
    // closed by the test
  }
}
