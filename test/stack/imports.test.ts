import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { insertProducts } from '../../app/products/store.js'
import { type Person, signedIn, unique } from '../person.js'
import { allReady, signal } from '../replica.js'
import { databases, withStore } from '../system.js'
import { imported, settled, uploadFile } from '../uploads.js'

/** An import is work that outlives the replica that does it. */
describe('an import whose replica is killed', () => {
  let ana: Person
  let mark: string
  const count = 15_000
  const few = 300

  before(async () => {
    ana = await signedIn()
  })
  beforeEach(async () => {
    await allReady()
    mark = unique()
  })
  afterEach(() => databases.products('products').where('code', 'like', `${mark}-%`).delete())
  after(allReady)

  const fileOf = (rows: number, units: number) =>
    ['name,code,description,units,category']
      .concat(Array.from({ length: rows }, (_, each) => `Bolt ${each},${mark}-${each},Steel,${units},Bolts`))
      .join('\n')
  const found = async () => {
    const row = await databases
      .products('products')
      .where('code', 'like', `${mark}-%`)
      .count({ all: '*' })
      .sum({ units: 'units' })
    return [Number(row[0]?.all), Number(row[0]?.units ?? 0)]
  }
  const importAt = (path: string) =>
    databases
      .products('imports')
      .where({ id: Number(path.split('/')[2]) })
      .first()

  /** Kills whichever replica works on an import, once it has come this far. @returns its name */
  async function killWorker(path: string, state: string, progress: number): Promise<string> {
    for (;;) {
      const it = await importAt(path)
      if (it.state !== state) throw new Error(`it was ${it.state} before it could be killed`)
      if (it.replica && it.progress >= progress) {
        signal(it.replica, 'SIGKILL')
        return it.replica
      }
      await sleep(5)
    }
  }

  it('is read by another one, and each row is there once', async function () {
    this.timeout(120_000)
    const { location } = await uploadFile(ana, fileOf(count, 1))
    const killed = await killWorker(location as string, 'reading', 20)
    const page = await settled(ana, location as string, 60_000)
    expect(page.$('.verdicts strong').first().text()).to.equal('15,000')
    expect(page.$('.facts').text()).to.contain(`It took over what ${killed} left unfinished.`)
    expect(await importAt(location as string)).to.include({ taken_from: killed, attempts: 2 })
    await databases
      .products('import_rows')
      .where({ import_id: Number(location?.split('/')[2]) })
      .delete()
  })

  it('is applied by another one: until then readers see nothing of it, and then all', async function () {
    this.timeout(120_000)
    const changedBefore = await imported(ana, fileOf(few, 1))
    await ana.submit(changedBefore, `${changedBefore.path}/apply`, {})
    await settled(ana, changedBefore.path)
    const page = await imported(ana, fileOf(count, 2))
    const seen = new Set<string>()
    let over = false
    const reading = (async () => {
      while (!over) {
        seen.add(String(await found()))
        await sleep(20)
      }
    })()
    await ana.submit(page, `${page.path}/apply`, {})
    const killed = await killWorker(page.path, 'applying', 30)
    const applied = await settled(ana, page.path, 60_000)
    over = true
    await reading
    expect([...seen, String(await found())]).to.include.members([String([few, few]), String([count, 2 * count])])
    expect(
      [...seen].filter((each) => each !== String([few, few]) && each !== String([count, 2 * count])),
    ).to.deep.equal([])
    expect(applied.$('.facts').text()).to.contain(`It took over what ${killed} left unfinished.`)
    const rows = await databases.products('products').where('code', 'like', `${mark}-%`).where('movements', 1)
    expect(rows).to.have.length(few)
  })

  for (const [what, progress] of [
    ['picks the products of an act', 10],
    ['changes them', 60],
  ] as const) {
    it(`while it ${what}: another one does all of it, once`, async function () {
      this.timeout(120_000)
      const drafts = Array.from({ length: count }, (_, each) => ({
        draft: { name: 'Bolt', code: `${mark}-${each}`, description: mark, units: 1, category: 'Bolts' },
        createdBy: 1,
      }))
      await withStore('products', async (connection) => {
        for (let at = 0; at < count; at += 1_000)
          await connection.transact(insertProducts(drafts.slice(at, at + 1_000)))
      })
      const body = new URLSearchParams({ act: 'archive', to: '', all: '1', list: `q=${mark}` })
      const { location } = await ana.send('POST', '/products/bulk', { body })
      const killed = await killWorker(location as string, 'picking', progress)
      const page = await settled(ana, location as string, 60_000)
      expect(page.$('[role=status]').text()).to.contain('15,000 products were changed')
      expect(page.$('.facts').text()).to.contain(`It took over what ${killed} left unfinished.`)
      const rows = databases.products('products').where('code', 'like', `${mark}-%`)
      expect(await rows.where({ archived: 1, version: 2 })).to.have.length(count)
    })
  }
})
