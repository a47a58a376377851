import { expect } from 'chai'
import { Person, problemsOn, product, signedIn, unique, valuesOn } from '../../person.js'

describe('a scanned code', () => {
  let ana: Person
  before(async () => {
    ana = await signedIn()
  })

  it('that a product has leads to its movements, whatever its case', async () => {
    const draft = product()
    const { location } = await ana.post('/products', draft)
    const { status, location: led } = await ana.get(`/scan?code=${draft.code.toLowerCase()}`)
    expect([status, led]).to.deep.equal([303, `${location?.split('?')[0]}/movements`])
  })

  it('that no product has leads to a new product with the code filled in', async () => {
    const code = `New.${unique()}`
    const { status, location } = await ana.get(`/scan?code=%20${code}`)
    expect([status, location]).to.deep.equal([303, `/products/new?code=${code}`])
    const form = await ana.get(location as string)
    expect(valuesOn(form, '/products')).to.include({ code, name: '' })
    expect(form.$('.notice[role=status]').text()).to.contain('No product has the scanned code yet')
  })

  it('that can be no code is shown again with what is wrong', async () => {
    for (const code of ['two words', '"><script>', 'ñ', 'x'.repeat(65), '../..', 'https://example.org/?a=b']) {
      const answer = await ana.get(`/scan?${new URLSearchParams({ code })}`)
      expect(answer.status, code).to.equal(422)
      expect(problemsOn(answer).code, code).to.contain('cannot be a product’s code')
      expect(answer.$('#code').val(), code).to.equal(code)
    }
    expect((await ana.get('/scan?code=a&code=b')).status).to.equal(422)
  })

  it('can be typed where there is no camera', async () => {
    for (const path of ['/scan', '/scan?code=']) {
      const page = await ana.get(path)
      expect(page.status).to.equal(200)
      expect(page.$('form[action="/scan"][method=get] [name=code]')).to.have.length(1)
    }
  })

  it('is looked up for people who are signed in', async () => {
    const { status, location } = await new Person().get('/scan?code=C-1')
    expect([status, location]).to.deep.equal([303, '/login?next=%2Fscan%3Fcode%3DC-1'])
  })

  it('fills no form where it can be no code', async () => {
    const form = await ana.get(`/products/new?code=${encodeURIComponent('"><b>')}`)
    expect(valuesOn(form, '/products').code).to.equal('')
    expect(form.$('.notice')).to.have.length(0)
  })
})

describe('the palette', () => {
  let ana: Person
  before(async () => {
    ana = await signedIn()
  })

  const found = async (q: string) => {
    const { $ } = await ana.get(`/palette?${new URLSearchParams({ q })}`)
    return $('[role=option] > span:first-child')
      .map((_, each) => $(each).text())
      .get()
  }

  it('finds eight products at most, the one with the code before those that only have the words', async () => {
    const mark = unique()
    await ana.post('/products', product({ name: 'The one', code: mark }))
    for (let n = 1; n <= 9; n++) await ana.post('/products', product({ name: `<i>${n} ${mark}` }))
    const names = await found(mark.toUpperCase())
    expect(names).to.deep.equal(['The one', ...[9, 8, 7, 6, 5, 4, 3].map((n) => `<i>${n} ${mark}`)])
    expect(await found(`${mark} 4`)).to.include(`<i>4 ${mark}`)
    expect(await found('nosuchthinganywhere')).to.deep.equal([])
  })

  it('has the commands in the person’s language, and is for people who are signed in', async () => {
    const { $ } = await ana.get('/palette', { 'accept-language': 'es' })
    expect($('[role=option]').text()).to.contain('Añadir producto').and.contain('English')
    expect((await new Person().get('/palette')).status).to.equal(303)
    expect((await new Person().get('/shortcuts')).status).to.equal(303)
  })
})
