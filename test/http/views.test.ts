import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { createViews } from '../../app/http/views.js'
import type { Locale } from '../../app/i18n/locales.js'

describe('the templates', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bodega-views-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('show what they are given, escaped, and give it to those that they include', async () => {
    write('page', "<%- include('/parts/list', { items: ['a', '<b>'] }) %>")
    write('parts/list', "<% for (const item of items) { -%>\n<%- include('one', { item }) %>\n<% } -%>\n")
    write('parts/one', '<%= item %> of <%= name %>')
    expect(await views().render('page', 'es', { name: '"x"' })).to.equal('a of &#34;x&#34;\n&lt;b&gt; of &#34;x&#34;\n')
  })

  it('may use a name that they were given for something of their own', async () => {
    write('page', '<% const name = locals.name ?? 1 -%>\n<%= name %>')
    expect(await views().render('page', 'es', { name: 2 })).to.equal('2')
  })

  it('fail on a name that nobody gave, whatever was given the time before', async () => {
    write('page', '<%= name %>')
    const { render } = views()
    expect(await render('page', 'es', { name: 1 })).to.equal('1')
    const message = await render('page', 'es', { other: 1 }).catch((error: Error) => error.message)
    expect(message).to.match(/page\.ejs:1[\s\S]*name is not defined/)
  })

  it('are read once', async () => {
    write('page', "<%- include('part') %>")
    write('part', '1')
    const { render } = views()
    await render('page', 'es', {})
    for (const name of ['page', 'part']) rmSync(join(folder, `${name}.ejs`))
    expect(await render('page', 'es', {})).to.equal('1')
  })

  it('are read at each request while they are edited', async () => {
    write('page', "<%- include('part') %>")
    const { render } = createViews('app1', false, { folder })
    for (const text of ['1', '2']) {
      write('part', text)
      expect(await render('page', 'es', {})).to.equal(text)
    }
  })

  it('show what they keep once for each object and language, and see nothing of the page in it', async () => {
    write('page', "<%- includeKept('part', shown) %>")
    write('part', '<%= locale %> <%= n %> <%= typeof name %>')
    const { render } = views()
    const shown = { n: 1 }
    expect(await render('page', 'es', { shown, name: 'Ana' })).to.equal('es 1 undefined')
    shown.n = 2
    expect(await render('page', 'es', { shown, name: 'Eva' })).to.equal('es 1 undefined')
    expect(await render('page', 'en', { shown })).to.equal('en 2 undefined')
    expect(await render('page', 'es', { shown: { ...shown } })).to.equal('es 2 undefined')
    write('both', "<%- includeKept('part', shown) %>, <%- include('part', shown) %>")
    expect(await render('both', 'es', { shown: { n: 3 }, name: 'Ana' })).to.equal('es 3 undefined, es 3 string')
  })

  it('hold texts as they are, in each language, whatever is in them', async () => {
    write('page', "<p title=\"<%= t('skip') %>\">\n<%= t('skip') %></p>")
    const texts = (locale: Locale) => () => `${locale} <%= 1 %> & $& \\n "'`
    const { render } = createViews('app1', true, { folder, texts })
    for (const locale of ['es', 'en'] as const) {
      const shown = `${locale} &lt;%= 1 %&gt; &amp; $&amp; \\n &#34;&#39;`
      expect(await render('page', locale, {})).to.equal(`<p title="${shown}">\n${shown}</p>`)
    }
  })

  const views = () => createViews('app1', true, { folder })

  function write(name: string, source: string) {
    const file = join(folder, `${name}.ejs`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, source)
  }
})
