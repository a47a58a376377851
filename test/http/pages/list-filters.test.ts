import { expect } from 'chai'
import type { Connection } from '../../../app/database/connection.js'
import { findPage } from '../../../app/products/list/pages.js'
import { parseCatalogueQuery } from '../../../app/products/product.js'
import { searchTextOf } from '../../../app/products/search/text.js'
import { readState } from '../../../app/products/store.js'
import { type Answer, type Person, product, signedIn, unique } from '../../person.js'
import { databases, replicaAddresses, withStore } from '../../system.js'

describe('the lists of products', () => {
  let person: Person
  let other: Person
  const people: Record<'own' | 'others', number> = { own: 0, others: 0 }
  const [cables, lamps] = [`Cables ${unique()}`, `Lámparas ${unique()}`]

  before(async () => {
    ;[person, other] = await Promise.all([signUp('own'), signUp('others')])
    // Names and units that several have, and letters that a collation puts beside each other.
    const names = [
      'Árbol',
      'arbol',
      'Zócalo',
      'ñu',
      'Nube',
      'ångström',
      'Cable',
      'cable',
      'Straße',
      '10 m',
      '9 m',
      '🍎',
    ]
    await insert(
      Array.from({ length: 130 }, (_, each) => ({
        name: names[(each * 7) % names.length] as string,
        units: (each * 5) % 9,
        minimum: each % 10 === 4 ? 5 : 0,
        archived: Number(each % 13 === 5),
        category: each % 3 === 0 ? lamps : cables,
        created_by: each % 4 === 0 ? people.own : people.others,
      })),
    )
  })
  after(() => databases.products('products').whereIn('category', [cables, lamps]).delete())

  async function signUp(who: keyof typeof people): Promise<Person> {
    const email = `list.${unique()}@example.org`
    const person = await signedIn({ email })
    people[who] = (await databases.users('users').where({ email_key: email }).first('id')).id
    return person
  }

  /** What is asked for, and the condition that it is. */
  const kinds: Record<string, { asked: Record<string, string>; where: string; values?: () => unknown[] }> = {
    'of a category': { asked: { category: cables }, where: 'NOT archived AND category = ?', values: () => [cables] },
    'that are low': { asked: { stock: 'low' }, where: 'NOT archived AND units < minimum' },
    'that are archived': { asked: { archived: '1' }, where: 'archived' },
    'of one’s own': { asked: { mine: '1' }, where: 'NOT archived AND created_by = ?', values: () => [people.own] },
    'of one’s own in a category': {
      asked: { mine: '1', category: lamps },
      where: 'NOT archived AND created_by = ? AND category = ?',
      values: () => [people.own, lamps],
    },
    'archived of a category': {
      asked: { archived: '1', category: cables },
      where: 'archived AND category = ?',
      values: () => [cables],
    },
    'low of a category of one’s own': {
      asked: { stock: 'low', mine: '1', category: cables },
      where: 'NOT archived AND units < minimum AND created_by = ? AND category = ?',
      values: () => [people.own, cables],
    },
  }
  const orders: [Record<string, string>, string][] = [
    [{}, 'id DESC'],
    ...['name', 'code', 'category', 'units'].flatMap((sort): [Record<string, string>, string][] => [
      [{ sort }, `${sort}, id`],
      [{ sort, dir: 'desc' }, `${sort} DESC, id DESC`],
    ]),
  ]
  const idsOf = async (where: string, values: unknown[], order: string): Promise<number[]> =>
    databases
      .products('products')
      .whereRaw(where, values as string[])
      .orderByRaw(order)
      .pluck('id')

  for (const [kind, { asked, where, values = () => [] }] of Object.entries(kinds)) {
    it(`show those ${kind} in each order, each once, to the end and back`, async () => {
      for (const [order, sql] of orders) {
        const ids = await idsOf(where, values(), sql)
        const first = addressOf({ ...asked, ...order })
        const there = await leaf(person, first, 'next')
        expect(there.flatMap(idsOn), sql).to.deep.equal(ids)
        const pages = Math.ceil(ids.length / 20)
        if (pages === 1) continue
        expect(there.map(labelOn), sql).to.deep.equal(there.map((_, each) => `Page ${each + 1} of ${pages}`))
        const back = (await leaf(person, there[0]?.$('a[rel=last]').attr('href') as string, 'prev')).reverse()
        expect(back.map(idsOn), sql).to.deep.equal(there.map(idsOn))
        const numbered = await person.get(addressOf({ ...asked, ...order, page: String(pages) }))
        expect(idsOn(numbered), sql).to.deep.equal(idsOn(there.at(-1) as Answer))
      }
    })

    it(`tell how many are ${kind}`, async () => {
      const { length } = await idsOf(where, values(), 'id')
      const { $ } = await person.get(addressOf(asked))
      expect($('.count').text()).to.equal(`${length} product${length === 1 ? '' : 's'}`)
    })
  }

  it('show all in each order, by a hundred', async () => {
    for (const [order, sql] of orders) {
      const there = await leaf(person, addressOf({ ...order, size: '100' }), 'next')
      expect(there.flatMap(idsOn), sql).to.deep.equal(await idsOf('NOT archived', [], sql))
      for (const each of there.slice(0, -1)) expect(idsOn(each)).to.have.length(100)
    }
  })

  it('neither repeat nor skip one while others are archived, deleted and added', async () => {
    const category = unique()
    const rows = Array.from({ length: 90 }, (_, each) => ({ name: `Name ${each % 7}`, category }))
    await insert(rows)
    const all = await idsOf('category = ?', [category], 'name, id')
    const gone = new Set<number>()
    const seen: number[] = []
    for (let address: string | undefined = addressOf({ category, sort: 'name' }); address; ) {
      const answer: Answer = await person.get(address)
      seen.push(...idsOn(answer))
      address = answer.$('a[rel=next]').attr('href')
      // The one that the next page begins behind, and one that was not seen yet.
      const [last, unseen] = [seen.at(-1) as number, all[all.indexOf(seen.at(-1) as number) + 3]]
      await databases.products('products').where({ id: last }).update({ archived: 1 })
      if (unseen && address) {
        gone.add(unseen)
        await databases.products('products').where({ id: unseen }).delete()
      }
      await insert([{ name: 'Name', category }])
    }
    expect(seen).to.deep.equal(all.filter((id) => !gone.has(id)))
    await databases.products('products').where({ category }).delete()
  })

  it('go on by the number of the page where the product beside it is gone', async () => {
    const query = { archived: '1', category: cables, sort: 'name', page: '1', before: '999999999' }
    expect(idsOn(await person.get(addressOf(query)))).to.deep.equal(
      idsOn(await person.get(addressOf({ archived: '1', category: cables, sort: 'name' }))),
    )
    for (const key of ['before', 'after']) {
      const page = addressOf({ category: cables, sort: 'units', page: '2', [key]: '999999999' })
      expect(labelOn(await person.get(page))).to.equal(
        labelOn(await person.get(addressOf({ category: cables, page: '2' }))),
      )
    }
  })

  it('have one’s own change on the next page, whichever replica shows it', async () => {
    const category = unique()
    const near = replicaAddresses().map((address) => person.at(address))
    for (const [index, one] of near.entries()) {
      const another = near[(index + 1) % near.length] as Person
      await Promise.all(near.map((each) => each.get('/products')))
      const { location } = await one.post('/products', product({ category, name: `Number ${index}` }))
      const id = Number(/\d+/.exec(location as string))
      for (const asked of [
        { category },
        { category, sort: 'name', dir: 'desc' },
        { category, mine: '1' },
        { q: category },
      ]) {
        const { $ } = await another.get(addressOf(asked as Record<string, string>))
        expect($(`tbody tr#p${id}`), JSON.stringify(asked)).to.have.length(1)
        if ('category' in asked && !('mine' in asked))
          expect($('[name=category] [selected]').text()).to.equal(`${category} (${index + 1})`)
      }
      await databases.products('products').where({ id }).update({ archived: 1 })
      expect((await another.get(addressOf({ category }))).$(`#p${id}`)).to.have.length(0)
      expect((await another.get('/products')).$(`#p${id}`)).to.have.length(0)
      expect((await another.get(addressOf({ q: category }))).$(`#p${id}`)).to.have.length(0)
      expect((await another.get(addressOf({ archived: '1', q: category }))).$(`#p${id}`)).to.have.length(1)
      await databases.products('products').where({ id }).update({ archived: 0 })
    }
  })

  it('show each person their own', async () => {
    const mine = addressOf({ mine: '1', category: cables })
    for (const near of replicaAddresses()) {
      const [own, others] = await Promise.all([person, other].map((each) => each.at(near).get(mine)))
      const where = 'NOT archived AND category = ? AND created_by = ?'
      expect(idsOn(own as Answer)).to.deep.equal((await idsOf(where, [cables, people.own], 'id DESC')).slice(0, 20))
      expect(idsOn(others as Answer)).to.deep.equal(
        (await idsOf(where, [cables, people.others], 'id DESC')).slice(0, 20),
      )
    }
  })

  it('find words among what is chosen, in each order', async () => {
    for (const [order, sql] of orders) {
      const asked = { q: 'cable', category: cables, mine: '1', ...order }
      const found = (await leaf(person, addressOf(asked), 'next')).flatMap(idsOn)
      const where = "NOT archived AND category = ? AND created_by = ? AND INSTR(search_text, 'CABLE')"
      expect(found, sql).to.deep.equal(await idsOf(where, [cables, people.own], sql))
    }
    const archived = (await leaf(person, addressOf({ q: 'cable', archived: '1' }), 'next')).flatMap(idsOn)
    expect(archived).to.deep.equal(await idsOf("archived AND INSTR(search_text, 'CABLE')", [], 'id DESC'))
  })

  it('sort the newest of very many that are found, and say so', async () => {
    const category = unique()
    await insert(Array.from({ length: 130 }, (_, each) => ({ name: `Name ${each % 7}`, category })))
    const { $ } = await person.get(addressOf({ q: category, sort: 'name', size: '100' }))
    expect($('.count').text()).to.equal(
      `More than 100 products with “${category}” Only the newest 100 are sorted here; add a word to find the others.`,
    )
    const found = (await leaf(person, addressOf({ q: category, sort: 'name', size: '100' }), 'next')).flatMap(idsOn)
    const newest = (await idsOf('category = ?', [category], 'id DESC')).slice(0, 100)
    expect(found).to.deep.equal(await idsOf(`id IN (${newest})`, [], 'name, id'))
    await databases.products('products').where({ category }).delete()
  })

  it('keep what was chosen in every link and form, and on a product’s way back', async () => {
    const asked = { category: cables, mine: '1', sort: 'units', dir: 'desc', size: '50' }
    const answer = await person.get(addressOf({ category: cables, sort: 'units', dir: 'desc' }))
    const { $ } = answer
    expect($('th[aria-sort=descending]').text()).to.contain('Units')
    const same = new URLSearchParams({ category: cables, sort: 'units', dir: 'desc' }).toString()
    for (const rel of ['next', 'last']) expect($(`a[rel=${rel}]`).attr('href')).to.contain(same)
    const product = await person.get($('tbody a').attr('href') as string)
    expect(product.$('.back a').attr('href')?.split('#')[0]).to.equal(
      addressOf({ category: cables, sort: 'units', dir: 'desc' }),
    )
    const form = (await person.get(addressOf(asked))).$('form[role=search]').serializeArray()
    const sent = Object.fromEntries(form.map(({ name, value }) => [name, value]))
    expect(sent).to.deep.equal({ q: '', ...asked })
    expect(idsOn(await person.get(addressOf(sent)))).to.deep.equal(idsOn(await person.get(addressOf(asked))))
    const chosen = $('.choice').map((_, each) => $(each).attr('href'))
    for (const href of chosen.get())
      expect(href).to.contain(`category=${new URLSearchParams({ '': cables }).toString().slice(1)}`)
    expect($('.clear').attr('href')).to.equal('/products')
  })

  it('lead to a page by its number', async () => {
    const asked = { category: cables, sort: 'code' }
    const { $ } = await person.get(addressOf(asked))
    const form = $('.jump').serializeArray()
    expect(Object.fromEntries(form.map(({ name, value }) => [name, value]))).to.deep.equal({ ...asked, page: '' })
    expect(labelOn(await person.get(addressOf({ ...asked, page: '3' })))).to.match(/^Page 3 of /)
  })

  it('take what cannot be understood for not asked', async () => {
    const plain = idsOn(await person.get('/products'))
    const long = 'x'.repeat(7_000)
    for (const query of [
      'category[]=x&sort[]=name&archived[]=1',
      'category=a&category=b',
      'sort=__proto__',
      'sort=id;DROP TABLE products',
      'sort=constructor&dir=desc',
      'dir=desc',
      'archived=true&mine=yes&stock=high',
      'archived=1&archived=1',
      'size=1000000',
      'size=-1',
      'size[]=50',
      'category=%00',
      'category=',
      'category=%20%20',
      `category=${long}`,
    ]) {
      const answer = await person.get(`/products?${query}`)
      expect(answer.status, query).to.equal(200)
      expect(idsOn(answer), query).to.deep.equal(plain)
    }
    const none = await person.get(addressOf({ category: "' OR 1 = 1 -- <b>" }))
    expect(none.$('.empty h2').text()).to.equal('No product matches')
    expect(none.$('option[selected]').first().text()).to.equal("' OR 1 = 1 -- <b>")
    expect(idsOn(await person.get(addressOf({ archived: '1', stock: 'low', category: cables })))).to.deep.equal(
      idsOn(await person.get(addressOf({ archived: '1', category: cables }))),
    )
  })

  it('know a category whatever its case and accents', async () => {
    const ids = idsOn(await person.get(addressOf({ category: lamps })))
    expect(idsOn(await person.get(addressOf({ category: lamps.toUpperCase().replace('Á', 'A') })))).to.deep.equal(ids)
  })

  it('cost as much among many as among few', async () => {
    const category = unique()
    const many = Array.from({ length: 3_000 }, (_, each) => {
      return { name: `Name ${each % 11}`, units: each % 3, category, created_by: people.own }
    })
    await insert(many)
    await withStore('products', async (connection) => {
      const state = await readState(connection)
      for (const asked of [{}, { category }, { mine: '1' }] as { category?: string; mine?: string }[]) {
        // Where one's own are not few, others' are gone past, all of them where their names come before.
        const most = asked.mine ? 250 + state.products : 250
        for (const [order] of orders) {
          const query = parseCatalogueQuery({ ...asked, ...order })
          const person = query.mine && people.own
          const first = await findPage(connection, { query, person, state })
          const before = first.products.at(-1)?.id
          for (const page of [query, { ...query, page: 2, before }, { ...query, page: 140, after: 0 }]) {
            await findPage(connection, { query: page, person, state })
            const read = await rowsRead(connection)
            const { products } = await findPage(connection, { query: page, person, state })
            expect(products.length, JSON.stringify(page)).to.be.above(0)
            expect((await rowsRead(connection)) - read, JSON.stringify(page)).to.be.below(most)
          }
        }
      }
    })
    await databases.products('products').where({ category }).delete()
  })

  it('are counted right whatever becomes of a product', async () => {
    const [one, another] = [unique(), unique()]
    const ids = await insert(Array.from({ length: 6 }, () => ({ category: one, minimum: 3, units: 1 })))
    const products = databases.products('products')
    await products.clone().where({ id: ids[0] }).update({ archived: 1 })
    await products.clone().where({ id: ids[1] }).update({ category: another })
    await products.clone().where({ id: ids[2] }).update({ units: 8 })
    await products.clone().where({ id: ids[3] }).update({ minimum: 0, archived: 1 })
    await products.clone().where({ id: ids[3] }).update({ archived: 0 })
    await products.clone().where({ id: ids[0] }).update({ archived: 0 })
    await products.clone().where({ id: ids[4] }).delete()
    const counted = await databases
      .products('product_counts')
      .select('kind', 'value')
      .sum({ listed: 'listed', archived: 'archived', low: 'low' })
      .groupBy('kind', 'value')
    const real = await databases.products.raw(
      ['category', 'created_by']
        .map(
          (column) => `SELECT '${column === 'category' ? column : 'person'}' AS kind, ${column} AS value,
        SUM(NOT archived) AS listed, SUM(archived) AS archived, SUM(NOT archived AND units < minimum) AS low FROM products GROUP BY ${column}`,
        )
        .join(' UNION ALL '),
    )
    const shown = (rows: Record<string, unknown>[]) =>
      rows
        .map(({ kind, value, listed, archived, low }) => `${kind} ${value}: ${[listed, archived, low].map(Number)}`)
        .filter((each) => !each.endsWith(': 0,0,0'))
        .sort()
    expect(shown(counted)).to.deep.equal(shown(real[0]))
    await products.clone().whereIn('category', [one, another]).delete()
  })

  /** Adds products with these values, and gives their numbers. */
  async function insert(rows: Record<string, string | number>[]): Promise<number[]> {
    const from = (await databases.products('products').max({ id: 'id' }).first())?.id ?? 0
    for (let start = 0; start < rows.length; start += 500) {
      await databases.products('products').insert(
        rows.slice(start, start + 500).map((row) => {
          const values = { ...product(), created_by: people.others, created_at: new Date(), ...row }
          return { ...values, search_text: searchTextOf(values) }
        }),
      )
    }
    return databases.products('products').where('id', '>', from).orderBy('id').pluck('id')
  }
})

function addressOf(asked: Record<string, string>): string {
  return `/products?${new URLSearchParams(asked)}`
}

/** The pages from an address on, as far as the links lead. */
async function leaf(person: Person, from: string, rel: 'next' | 'prev'): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let address: string | undefined = from; address; ) {
    const answer: Answer = await person.get(address)
    answers.push(answer)
    address = answer.$(`a[rel=${rel}]`).attr('href')
  }
  return answers
}

function idsOn({ $ }: Answer): number[] {
  const rows = $('tbody tr').map((_, each) => $(each).attr('id'))
  return rows.get().map((id) => Number(id.slice(1)))
}

const labelOn = ({ $ }: Answer) => $('.pages > span').text()

async function rowsRead(connection: Connection): Promise<number> {
  const rows = await connection.rows<{ Value: string }>("SHOW SESSION STATUS LIKE 'Handler\\_read%'")
  return rows.reduce((sum, { Value }) => sum + Number(Value), 0)
}
