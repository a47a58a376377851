import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { deleteOldImports } from '../../../app/products/import/old-imports.js'
import { expectNginxPage } from '../../pages.js'
import { Person, problemsOn, product, registration, signedIn, unique } from '../../person.js'
import { databases, replicaAddresses, withStore } from '../../system.js'
import { countsOn, imported, press, rowsOn, settled, uploadFile } from '../../uploads.js'

describe('importing products', () => {
  let ana: Person
  let mark: string
  before(async () => {
    ana = await signedIn()
  })
  beforeEach(() => {
    mark = unique()
  })

  const header = 'name,code,description,units,category,minimum'
  const lines = (...rows: string[]) => [header, ...rows].join('\r\n')
  const rowOf = (code: string) => databases.products('products').where({ code }).first()
  const movementsOf = (code: string) =>
    databases.products('movements').join('products', 'products.id', 'product_id').where({ code }).orderBy('number')
  const add = (fields: Record<string, string>) => ana.post('/products', product(fields))
  const show = (page: { path: string }, verdict: string) => ana.get(`${page.path}?show=${verdict}`)

  /** A product that is there, to be changed by `mixed`; and one that is as the file says. */
  async function addTwo() {
    await add({ name: 'Cable', code: `A-${mark}`, units: '5' })
    await add({ name: 'Clip', code: `B-${mark}`, units: '7' })
  }
  /** A file with a row of each kind. */
  const mixed = () =>
    lines(
      `Cable 2 m,a-${mark},Two metres,"1,000",Wires,3`,
      `Clip,B-${mark},Two metres,7,Cables,0`,
      `Drill,C-${mark},Bores,2,Tools,`,
      `Drill,D ${mark},Bores,x,Tools,`,
    )

  it('is found beside the list, and begins with a form', async () => {
    expect((await ana.get('/products')).$('a[href="/imports"]')).to.have.length(1)
    expect((await ana.get('/imports')).$('input[type=file][name=file]')).to.have.length(1)
  })

  it('shows before anything is written what is new, changed, the same and wrong', async () => {
    await addTwo()
    const page = await imported(ana, mixed())
    expect(countsOn(page)).to.deep.equal([1, 1, 1, 1])
    expect(rowsOn(page)).to.deep.equal([['4', `C-${mark}`, 'Drill', 'Tools · 2 unitsBores']])
    expect(rowsOn(await show(page, 'changed'))).to.deep.equal([
      ['2', `A-${mark}`, 'Cable 2 m', 'NameCable Cable 2 m CategoryCables Wires Minimum0 3 Units5 1,000'],
    ])
    expect(rowsOn(await show(page, 'same'))).to.deep.equal([['3', `B-${mark}`, 'Clip']])
    expect(rowsOn(await show(page, 'wrong'))).to.deep.equal([
      ['5', 'Code', 'Use only unaccented letters, digits and . _ - in the code.', `D ${mark}`],
      ['5', 'Units', 'Enter the units as a whole number, 0 or more, such as 250.', 'x'],
    ])
    expect(await rowOf(`A-${mark}`)).to.include({ name: 'Cable', units: 5, version: 1 })
    expect(await rowOf(`C-${mark}`)).to.equal(undefined)
  })

  it('is read and applied where it changes many long texts in a script whose letters take three bytes', async () => {
    const file = (letter: string) =>
      lines(...Array.from({ length: 250 }, (_, row) => `Long,L${row}-${mark},${letter.repeat(2_000)},1,Long ${mark},0`))
    for (const [letter, counts] of [
      ['漢', [250, 0, 0, 0]],
      ['字', [0, 250, 0, 0]],
    ] as const) {
      const page = await imported(ana, file(letter))
      expect(countsOn(page)).to.deep.equal(counts)
      await press(ana, page, 'apply')
    }
    expect((await rowOf(`L249-${mark}`)).description).to.equal('字'.repeat(2_000))
  })

  it('is applied as one, with the history and the journal', async () => {
    await addTwo()
    const applied = await press(ana, await imported(ana, mixed(), 'August prices.csv'), 'apply')
    expect(applied.$('[role=status]').text()).to.contain('The import was applied: 1 new products, 1 changed.')
    const changed = await rowOf(`A-${mark}`)
    expect(changed).to.include({ name: 'Cable 2 m', category: 'Wires', units: 1_000, minimum: 3 })
    expect(changed).to.include({ code: `A-${mark}`, version: 3, movements: 1 })
    expect(await rowOf(`B-${mark}`)).to.include({ version: 1 })
    expect(await rowOf(`C-${mark}`)).to.include({ name: 'Drill', units: 2, minimum: 0, version: 1, movements: 0 })
    expect(await movementsOf(`A-${mark}`)).to.have.length(1)
    const stock = await ana.get(`/products/${changed.id}/movements`)
    expect(stock.$('.movements li').text()).to.contain('+995').and.to.contain('August prices.csv')
    const history = (await ana.get(`/products/${changed.id}`)).$('.history').text()
    expect(history).to.contain('Wires').and.to.contain('Minimum').and.to.contain('Ana García')
    const change = await databases.products('product_changes').where({ product_id: changed.id }).first()
    expect(Object.keys(JSON.parse(change.fields)).sort()).to.deep.equal(['category', 'name'])
    expect(JSON.parse(change.newer_fields)).to.deep.equal({ minimum: { from: 0, to: 3 } })
    expect((await ana.get(`/products?q=wires+${mark}`)).$('tbody tr')).to.have.length(1)
    expect(countsOn(await imported(ana, mixed()))).to.deep.equal([0, 0, 3, 1])
  })

  it('is undone: what was new is gone, what was changed is as before, and the journal says so', async () => {
    await addTwo()
    const page = await press(ana, await press(ana, await imported(ana, mixed()), 'apply'), 'undo')
    expect(page.$('[role=status]').text()).to.contain('The import was undone')
    expect(await rowOf(`A-${mark}`)).to.include({ name: 'Cable', category: 'Cables', units: 5, minimum: 0, version: 5 })
    expect(await rowOf(`C-${mark}`)).to.equal(undefined)
    const entries = await movementsOf(`A-${mark}`)
    expect(entries.map((each) => [each.kind, Number(each.balance)])).to.deep.equal([
      ['count', 1_000],
      ['count', 5],
    ])
    const { id } = await rowOf(`A-${mark}`)
    expect((await ana.get(`/products/${id}/movements`)).$('.movements').text()).to.contain('Undoes movement 1')
    expect((await ana.get(`/products?q=wires+${mark}`)).$('tbody tr')).to.have.length(0)
    const again = await press(ana, page, 'compare')
    expect(countsOn(again)).to.deep.equal([1, 1, 1, 1])
  })

  it('is not applied where a product was changed since, until it is compared again', async () => {
    await addTwo()
    const page = await imported(ana, mixed())
    const { id } = await rowOf(`A-${mark}`)
    await ana.post(`/products/${id}/movements`, { kind: 'in', units: '1' })
    const refused = await press(ana, page, 'apply')
    expect(refused.$('[role=alert]').text()).to.contain('one product has changed').and.to.contain(`A-${mark}`)
    expect(await rowOf(`C-${mark}`)).to.equal(undefined)
    const again = await press(ana, refused, 'compare')
    expect(rowsOn(await show(again, 'changed'))[0]?.[3]).to.contain('Units6 1,000')
    expect((await press(ana, again, 'apply')).$('[role=status]').text()).to.contain('was applied')
  })

  it('is not applied where a new code was taken since', async () => {
    const page = await imported(ana, mixed())
    await add({ code: `c-${mark}` })
    const refused = await press(ana, page, 'apply')
    expect(refused.$('[role=alert]').text()).to.contain('Row 4').and.to.contain(`C-${mark}`)
    expect(await rowOf(`A-${mark}`)).to.equal(undefined)
  })

  for (const [what, touch] of [
    ['a changed one', () => rowOf(`A-${mark}`)],
    ['a new one', () => rowOf(`C-${mark}`)],
  ] as const) {
    it(`is not undone once somebody has touched ${what} of its products`, async () => {
      await addTwo()
      const applied = await press(ana, await imported(ana, mixed()), 'apply')
      const { id, code } = await touch()
      await ana.post(`/products/${id}/movements`, { kind: 'in', units: '1' })
      const refused = await press(ana, applied, 'undo')
      expect(refused.$('[role=alert]').text()).to.contain('Nothing was undone').and.to.contain(code)
      expect(await rowOf(`A-${mark}`)).to.include({ name: 'Cable 2 m' })
      expect(await rowOf(`C-${mark}`)).to.include({ name: 'Drill' })
    })
  }

  it('is applied once, when two press the button on two replicas at the same time', async () => {
    await addTwo()
    const page = await imported(ana, mixed())
    const answers = await Promise.all(
      replicaAddresses().map((address) => ana.at(address).post(`${page.path}/apply`, { comparison: '1' })),
    )
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303])
    await settled(ana, page.path)
    expect(await rowOf(`A-${mark}`)).to.include({ version: 3, movements: 1 })
  })

  it('is not applied as somebody did not see it', async () => {
    const page = await imported(ana, mixed())
    await press(ana, page, 'compare')
    const answer = await ana.submit(page, `${page.path}/apply`, {})
    expect(answer.status).to.equal(409)
    expect(answer.$('[role=alert]').text()).to.contain('no longer as you saw it')
    expect(
      (await ana.submit(page, `${page.path}/apply`, { comparison: 'x', idempotencyKey: unique() })).status,
    ).to.equal(409)
    expect((await ana.post(`${page.path}/undo`, { comparison: '2' })).status).to.equal(409)
    await sleep(1_500)
    expect(await rowOf(`A-${mark}`)).to.equal(undefined)
  })

  it('is one import, however often the form arrives; other contents under its key are refused', async () => {
    const key = unique()
    const [one, two] = await Promise.all(
      replicaAddresses()
        .slice(0, 2)
        .map((address) => uploadFile(ana.at(address), mixed(), { key })),
    )
    expect([one?.status, one?.location]).to.deep.equal([303, two?.location])
    expect((await uploadFile(ana, lines(), { key })).status).to.equal(422)
  })

  it('understands what Excel saves in Spanish: semicolons, Windows-1252, points in numbers', async () => {
    const text = `Código;Artículo;Descripción;Existencias;Categoría;Stock mínimo;Color\r\nÑ-${mark};Cañería;Añil;1.000;Fontanería;10;azul\r\n`
    const page = await imported(ana, Buffer.from(text.replace('Ñ', 'N'), 'latin1'), 'artículos.csv')
    expect(countsOn(page)).to.deep.equal([1, 0, 0, 0])
    const about = page.$('.facts').text()
    expect(about).to.contain('windows-1252, separated by semicolons').and.to.contain('not used')
    expect(page.$('h1').text()).to.equal('artículos.csv')
    await press(ana, page, 'apply')
    expect(await rowOf(`N-${mark}`)).to.include({ name: 'Cañería', category: 'Fontanería', units: 1_000, minimum: 10 })
  })

  for (const [what, encode] of [
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['UTF-16', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16, big end first', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ] as const) {
    it(`understands ${what}, with tabs, and rows of nothing at the end`, async () => {
      const text = `CODE\tName\tUnits\tdescription\tCATEGORIA\nA-${mark}\tCañón\t3\t"one\ntwo"\tX\n\t\t\t\t\n\n`
      const page = await imported(ana, encode(text))
      expect(countsOn(page)).to.deep.equal([1, 0, 0, 0])
      await press(ana, page, 'apply')
      expect(await rowOf(`A-${mark}`)).to.include({ name: 'Cañón', description: 'one\ntwo' })
    })
  }

  it('takes a list of some columns: what is not there stays as it is', async () => {
    await addTwo()
    const page = await imported(ana, `sku|qty\nA-${mark}|6\nB-${mark}|\nZ-${mark}|1\n`)
    expect(countsOn(page)).to.deep.equal([0, 1, 1, 1])
    expect(rowsOn(await show(page, 'wrong')).map(([, column]) => column)).to.deep.equal(['Name', 'Category'])
    await press(ana, page, 'apply')
    expect(await rowOf(`A-${mark}`)).to.include({ name: 'Cable', units: 6 })
  })

  it('says of each wrong row what is wrong, and gives them back to be mended', async () => {
    const page = await imported(
      ana,
      lines(
        `Short,S-${mark}`,
        `Long,L-${mark},d,1,c,0,more`,
        `Fine,F-${mark},d,1,c,0,`,
        `Twice,f-${mark},d,1,c,0`,
        `${'N'.repeat(101)},N-${mark},d,1.5,c,-1`,
        `=1+1,G ${mark},d,2000000001,c,0`,
      ),
    )
    expect(countsOn(page)).to.deep.equal([1, 0, 0, 5])
    const wrong = rowsOn(await show(page, 'wrong')).map((row) => row.slice(0, 3))
    expect(wrong).to.deep.equal([
      ['2', 'The whole row', 'The row has 2 cells, and the file’s first row 6. Check separators and quotation marks.'],
      ['3', 'The whole row', 'The row has 7 cells, and the file’s first row 6. Check separators and quotation marks.'],
      ['5', 'Code', 'This code is in row 4 already. Keep one of the two.'],
      ['6', 'Name', 'Shorten the name to 100 characters or fewer.'],
      ['6', 'Units', 'Enter the units as a whole number, 0 or more, such as 250.'],
      ['6', 'Minimum', 'Enter the minimum as a whole number, 0 or more, such as 250.'],
      ['7', 'Code', 'Use only unaccented letters, digits and . _ - in the code.'],
      ['7', 'Units', 'Reduce the units to 2 billion or fewer.'],
    ])
    const file = await ana.get(`${page.path}/wrong.csv`)
    expect(file.headers.get('content-disposition')).to.equal('attachment; filename="wrong-rows.csv"')
    expect(file.html).to.contain(`'=1+1,G ${mark},d,2000000001,c,0,`).and.to.contain('What to correct')
    const mended = file.html.replace(`G ${mark}`, `G-${mark}`).replace('2000000001', '1')
    const again = await imported(ana, mended)
    expect(countsOn(again)).to.deep.equal([2, 0, 0, 3])
    const applied = await press(ana, again, 'apply')
    expect(await rowOf(`G-${mark}`)).to.include({ name: '=1+1' })
    expect(applied.html).to.contain(`${applied.path}/wrong.csv`)
  })

  for (const [what, contents, says] of [
    ['without a column of codes', 'name,units\nCable,1\n', 'No column holds the products’ codes'],
    ['with nothing but codes', 'code\nA-1\n', 'Besides the code'],
    ['with a column twice', 'code,name,Nombre\nA,B,C\n', 'one is “Nombre”'],
    ['with too many columns', `code,name${',x'.repeat(49)}\n`, '50 at most'],
    ['of white space', ' \r\n\r\n', 'The file is empty'],
    ['with a quotation mark that is not closed', 'code,name\nA,B\nC,"D\nE,F\n', 'opened in row 3 is never closed'],
    ['with one that takes in very much', `code,name\nA,"B\n${'x'.repeat(300_000)}"\n`, 'opened in row 2'],
    [
      'that is a picture',
      Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
      'No column holds the products’ codes',
    ],
  ] as const) {
    it(`says of a file ${what} that it cannot be read, and why`, async () => {
      const page = await imported(ana, contents)
      expect(page.$('.state').first().text()).to.equal('Cannot be read')
      expect(page.$('[role=alert]').text()).to.contain(says)
      expect(page.$('form[action^="/imports/"]')).to.have.length(0)
    })
  }

  for (const [what, contents, field] of [
    ['no file', '', 'other'],
    ['an empty file', '', 'file'],
  ] as const) {
    it(`shows the form again for ${what}`, async () => {
      const answer = await uploadFile(ana, contents, { field })
      expect(answer.status).to.equal(422)
      expect(Object.keys(problemsOn(answer))).to.deep.equal(['file'])
    })
  }

  it('refuses a file over 32 MB, at nginx and at a replica; other forms have 64 KB as before', async () => {
    expectNginxPage(await uploadFile(ana, 'x'.repeat(34 * 1024 * 1024)), 413)
    const answer = await uploadFile(ana.at(replicaAddresses()[0] as string), 'x'.repeat(32 * 1024 * 1024 + 1))
    expect([answer.status, answer.$('main').text().includes('32 MB')]).to.deep.equal([413, true])
    expectNginxPage(await ana.post('/imports/1/apply', { more: 'x'.repeat(70_000) }), 413)
    expectNginxPage(await ana.post('/products', { name: 'x'.repeat(70_000) }), 413)
  })

  it('takes three files at a time on a replica, since each is in its memory', async () => {
    const address = replicaAddresses()[0] as string
    const headers = { cookie: ana.cookies, 'content-type': 'multipart/form-data; boundary=b', 'content-length': '1000' }
    const slow = [1, 2, 3].map(() => request(`${address}/imports`, { method: 'POST', headers }).on('error', () => {}))
    for (const each of slow) each.flushHeaders()
    await sleep(500)
    const refused = await uploadFile(ana.at(address), mixed())
    for (const each of slow) each.destroy()
    expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([429, '5'])
    await sleep(500)
    expect((await uploadFile(ana.at(address), mixed())).status).to.equal(303)
  })

  it('refuses what is no form with a file', async () => {
    expect((await ana.post('/imports', { file: 'x' })).status).to.equal(415)
    const headers = { 'content-type': 'multipart/form-data' }
    expect((await ana.send('POST', '/imports', { body: 'x', headers })).status).to.equal(400)
    const cut = { 'content-type': 'multipart/form-data; boundary=b' }
    const body = '--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\ncode'
    expect((await ana.send('POST', '/imports', { body, headers: cut })).status).to.equal(400)
  })

  it('knows nothing at an address without an import', async () => {
    for (const id of ['0', 'x', '999999999']) {
      expect((await ana.get(`/imports/${id}`)).status).to.equal(404)
      expect((await ana.get(`/imports/${id}/wrong.csv`)).status).to.equal(404)
      for (const act of ['apply', 'undo', 'compare']) {
        expect((await ana.post(`/imports/${id}/${act}`, { comparison: '1' })).status).to.equal(404)
      }
    }
  })

  it('is not shown in a state that only a later version knows', async () => {
    const { path } = await imported(ana, lines(`Cable,L-${mark},One,1,Cables,`), `later ${mark}.csv`)
    const row = databases.products('imports').where({ id: Number(path.split('/')[2]) })
    await row.clone().update({ state: 'later' })
    expect((await ana.get(path)).status).to.equal(404)
    expect((await ana.get('/imports')).$('.imports').text()).to.not.contain(`later ${mark}`)
    await row.update({ state: 'ready' })
    expect((await ana.get('/imports')).$('.imports').text()).to.contain(`later ${mark}`)
  })

  it('is for people who are signed in, and leads back to the form', async () => {
    for (const path of ['/imports', '/imports/1', '/imports/1/wrong.csv', '/products.csv', '/movements.csv']) {
      expect((await new Person().get(path)).location).to.equal(`/login?next=${encodeURIComponent(path)}`)
    }
    const refused = await uploadFile(new Person(), mixed())
    expect(refused.status).to.equal(401)
    expect(refused.$('[name=next]').attr('value')).to.equal('/imports')
    expect((await new Person().post('/imports/1/apply', {})).status).to.equal(401)
  })

  it('asks to press again what was pressed after the session had ended', async () => {
    const account = registration()
    const person = new Person()
    await person.post('/register', account)
    const page = await imported(person, mixed())
    await person.at(person.address).post('/logout', {})
    const login = await person.submit(page, `${page.path}/apply`, {})
    const resumed = await person.submit(login, '/login', { email: account.email, password: account.password })
    expect(resumed.$('[role=alert]').text()).to.contain('Nothing has been done yet')
    expect(resumed.$(`form[action="${page.path}/apply"]`)).to.have.length(1)
  })

  it('is gone a month later, with its rows', async () => {
    const { path } = await imported(ana, mixed())
    const id = Number(path.split('/')[2])
    await databases
      .products('imports')
      .where({ id })
      .update({ changed_at: new Date(Date.now() - 31 * 24 * 3_600_000) })
    while ((await withStore('products', (connection) => deleteOldImports(connection, 2))) > 0);
    for (const table of ['import_rows', 'import_chunks']) {
      expect(await databases.products(table).where({ import_id: id })).to.have.length(0)
    }
    expect((await ana.get(path)).status).to.equal(404)
  })
})
