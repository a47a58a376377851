import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import { startReplica } from '../../lone-replica.js'
import { type Person, product, signedIn, unique } from '../../person.js'
import { databases } from '../../system.js'
import { countsOn, imported, press } from '../../uploads.js'

describe('the exports', () => {
  let ana: Person
  let mark: string
  before(async () => {
    ana = await signedIn()
  })
  beforeEach(() => {
    mark = unique()
  })

  const add = async (fields: Record<string, string> = {}) => {
    const { location } = await ana.post('/products', product({ category: mark, ...fields }))
    return Number(/\d+/.exec(location as string)?.[0])
  }
  const records = (text: string): string[][] => parse(text, { relax_column_count: true })

  it('have the products of the list that is shown, on all its pages, in its order', async () => {
    for (let each = 1; each <= 21; each++) await add({ name: `Cable ${each}`, code: `${mark}-${each}` })
    await add({ name: 'Drill', code: `${mark}-d` })
    const list = await ana.get(`/products?q=cable+${mark}`)
    const file = await ana.get(list.$('a[href^="/products.csv"]').attr('href') as string)
    expect(file.headers.get('content-type')).to.equal('text/csv; charset=utf-8')
    expect(file.headers.get('content-disposition')).to.equal('attachment; filename="products.csv"')
    expect(file.headers.get('cache-control')).to.equal('no-store')
    const [header, first, ...others] = records(file.html)
    expect(header).to.deep.equal(['Name', 'Code', 'Description', 'Units', 'Category', 'Minimum'])
    expect(first).to.deep.equal(['Cable 21', `${mark}-21`, 'Two metres', '5', mark, '0'])
    expect(others).to.have.length(20)
  })

  it('are UTF-8 by RFC 4180, with a mark for spreadsheets', async () => {
    const id = await add({ name: 'Ñandú, "gris"', description: 'one\ntwo' })
    await databases.products('products').where({ id }).update({ minimum: 4 })
    const response = await fetch(`${ana.address}/products.csv?q=${mark}`, {
      headers: { cookie: ana.cookies, 'accept-language': 'es' },
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    const { code } = await databases.products('products').where({ id }).first('code')
    expect(bytes.toString()).to.equal(
      '\uFEFFNombre,Código,Descripción,Unidades,Categoría,Mínimo\r\n' +
        `"Ñandú, ""gris""",${code},"one\ntwo",5,${mark},4\r\n`,
    )
  })

  it('are no changes when they are imported again, whatever the products are called', async () => {
    const names = ['=1+1', "'=1+1", "''-x", '+x', '-1', '@x', "'s", '"', ';', 'a,b;c|d', '1,000', '001', ' x', '= x']
    for (const name of names) await add({ name, description: `${name}\r\n\n"${name}";` })
    for (const locale of ['en', 'es']) {
      const file = await ana.get(`/products.csv?q=${mark}`, { 'accept-language': locale })
      expect(records(file.html)).to.have.length(names.length + 1)
      const page = await imported(ana, file.html)
      expect(countsOn(page)).to.deep.equal([0, 0, names.length, 0])
      expect(page.$('main').text()).to.contain('0 changes')
    }
  })

  it('are a header where there is nothing', async () => {
    expect(records((await ana.get(`/products.csv?q=${mark}`)).html)).to.have.length(1)
    expect(records((await ana.get('/movements.csv?product=999999999')).html)).to.have.length(1)
  })

  it('have the movements of the journal that is shown, with numbers as numbers', async () => {
    const id = await add({ name: '=Cable' })
    await ana.post(`/products/${id}/movements`, { kind: 'out', units: '2', reason: '-sold', note: 'Two, "new"' })
    for (let each = 0; each < 60; each++) await ana.post(`/products/${id}/movements`, { kind: 'in', units: '1' })
    const journal = await ana.get(`/movements?product=${id}`)
    const file = await ana.get(journal.$('a[href^="/movements.csv"]').attr('href') as string)
    const [header, latest, ...others] = records(file.html)
    expect(header?.slice(0, 7)).to.deep.equal(['Date (UTC)', 'Code', 'Name', 'Number', 'Kind', 'Units', 'Left'])
    expect(latest?.slice(2, 7)).to.deep.equal(["'=Cable", '61', 'In', '1', '63'])
    expect(others).to.have.length(60)
    const first = others.at(-1)
    expect(first?.[0]).to.match(/^\d{4}-\d\d-\d\dT.*Z$/)
    expect(first?.slice(3, 11)).to.deep.equal(['1', 'Out', '-2', '3', "'-sold", 'Two, "new"', '', 'Ana García'])
    expect(records((await ana.get(`/movements.csv?product=${id}&kind=out`)).html)).to.have.length(2)
  })

  it('fail to arrive, and are not taken for whole ones, when their replica is killed', async function () {
    this.timeout(120_000)
    await addMany(6_000)
    const lonely = await startReplica({})
    const response = await fetch(`${lonely.address}/products.csv?q=${mark}`, { headers: { cookie: ana.cookies } })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    lonely.process.kill('SIGKILL')
    let failed = false
    for (let done = false; !done && !failed; ) {
      await reader.read().then(
        (read) => {
          done = read.done
        },
        () => {
          failed = true
        },
      )
    }
    expect(failed).to.equal(true)
    await removeMany()
  })

  /** Products with long descriptions, so that no buffer on the way holds all of them. */
  async function addMany(count: number) {
    const rows = Array.from({ length: count }, (_, each) => {
      return `N,${mark}-${each},"${'d'.repeat(1_900)}",1,${mark}`
    })
    await press(ana, await imported(ana, ['name,code,description,units,category', ...rows].join('\n')), 'apply')
  }

  async function removeMany() {
    await databases.products('products').where({ category: mark }).delete()
  }
})
