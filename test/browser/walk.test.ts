import { expect } from 'chai'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { Person, product, registration } from '../person.js'
import { stack } from '../system.js'
import { violations } from './axe.js'
import { launchChromium, otherName, screens } from './chromium.js'
import { fill, register, submit } from './forms.js'
import { peoplePages } from './people.js'

const words = {
  es: { lang: 'es', signedOut: 'Crear cuenta', found: 'producto con', problem: 'Escriba el nombre.' },
  en: { lang: 'en', signedOut: 'Create account', found: 'product with', problem: 'Enter your first name.' },
}

const walked = 'a person registers, adds a product, finds it and leaves'

describe('in a real browser', () => {
  let browser: Browser
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())

  for (const [locale, text] of Object.entries(words)) {
    for (const [screen, viewport] of Object.entries(screens)) {
      for (const javaScriptEnabled of [true, false]) {
        it(`${walked}: ${locale}, ${screen}, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
          await walkWith({ locale, viewport, javaScriptEnabled, baseURL: stack.url }, text)
        })
      }
    }
  }

  // Browsers tell such an address less of where a form comes from.
  for (const javaScriptEnabled of [true, false]) {
    it(`${walked}, on a name that is not localhost: ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const baseURL = `http://${otherName}:${new URL(stack.url).port}`
      await walkWith({ locale: 'en', javaScriptEnabled, baseURL }, words.en)
    })
  }

  async function walkWith(options: BrowserContextOptions, text: (typeof words)['en']) {
    const context = await browser.newContext(options)
    const faults = faultsOf(context)
    await walk(await context.newPage(), text)
    expect(faults).to.deep.equal([])
    await context.close()
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [screen, viewport] of Object.entries({ ...screens, narrow: { width: 320, height: 640 } })) {
      it(`axe finds nothing, and nothing runs over the edge: ${screen}, ${colorScheme}`, async () => {
        const context = await browser.newContext({
          locale: 'en',
          viewport,
          colorScheme,
          baseURL: stack.url,
          bypassCSP: true,
        })
        const page = await context.newPage()
        for await (const step of everyPage(page)) {
          expect(await violations(page), step).to.deep.equal([])
          const [wide, edge] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
          expect(wide, step).to.be.at.most(edge as number)
        }
        await context.close()
      })
    }
  }

  it('the whole form can be filled in and sent with the keyboard', async () => {
    const context = await browser.newContext({ locale: 'en', baseURL: stack.url })
    const page = await context.newPage()
    const { firstName, lastName, email, password } = registration()
    await page.goto('/register')
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('firstName')
    for (const value of [firstName, lastName, email]) {
      await page.keyboard.type(value)
      await page.keyboard.press('Tab')
    }
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/products')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.className)).to.equal('skip')
    await context.close()
  })

  it('a person signs in with the keyboard alone: address, Tab, password, Enter', async () => {
    const { email, password, ...names } = registration()
    await new Person().post('/register', { email, password, ...names })
    const context = await browser.newContext({ locale: 'en', baseURL: stack.url })
    const page = await context.newPage()
    await page.goto('/login')
    await page.waitForFunction(() => document.activeElement?.id === 'email')
    await page.keyboard.type(email)
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    expect(await page.inputValue('#password')).to.equal(password)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/products')
    await context.close()
  })

  it('the first wrong field has the focus', async () => {
    const page = await browser.newPage({ locale: 'en', baseURL: stack.url })
    await page.goto('/register')
    await fill(page, { firstName: 'Ana', lastName: '', email: 'ana@', password: '' })
    await submit(page)
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('lastName')
    await page.close()
  })

  it('a password can be seen while it is typed, by the button after it, and is sent as a password', async () => {
    const page = await browser.newPage({ locale: 'en', baseURL: stack.url })
    await page.goto('/login')
    await page.locator('#password').focus()
    await page.keyboard.press('Tab')
    for (const [name, type] of [
      ['Hide password', 'text'],
      ['Show password', 'password'],
    ]) {
      await page.keyboard.press('Enter')
      expect(await page.evaluate(() => document.activeElement?.textContent)).to.equal(name)
      expect(await page.getAttribute('#password', 'type')).to.equal(type)
    }
    await page.close()
  })

  it('a double click adds one product', async () => {
    const context = await browser.newContext({ locale: 'en', baseURL: stack.url })
    const page = await context.newPage()
    await register(page)
    const draft = product()
    await page.goto('/products/new')
    await fill(page, draft)
    await page.dblclick('button[value=show]')
    await page.waitForURL(/\/products\/\d+/)
    await page.goto(`/products?q=${draft.code}`)
    expect(await page.locator('tbody tr').count()).to.equal(1)
    await context.close()
  })

  it('a reload does not tell again that something was saved', async () => {
    const context = await browser.newContext({ locale: 'en', baseURL: stack.url })
    const page = await context.newPage()
    await register(page)
    await page.goto('/products/new')
    await fill(page, product())
    await submit(page)
    await page.waitForURL(/\/products\/\d+$/)
    expect(await page.locator('.notice.good').count()).to.equal(1)
    await page.reload()
    expect(await page.locator('.notice.good').count()).to.equal(0)
    await context.close()
  })
})

async function walk(page: Page, text: (typeof words)['en']) {
  await page.goto('/')
  expect(await page.getAttribute('html', 'lang')).to.equal(text.lang)
  await page.click('main a[href="/register"]')
  await submit(page)
  expect(await page.textContent('#firstName-problem')).to.equal(text.problem)
  await fill(page, registration())
  await submit(page)
  await page.waitForURL('**/products')

  const draft = product({ name: 'Búho 🦉' })
  await page.click('header a[href="/products/new"]')
  await fill(page, draft)
  await submit(page)
  await page.waitForURL(/\/products\/\d+/)
  expect(await page.textContent('h1')).to.equal(draft.name)

  await page.click('header a[href="/products"]')
  await page.fill('#q', draft.code.toLowerCase())
  await page.press('#q', 'Enter')
  await page.waitForURL(/\?q=/)
  expect(await page.textContent('.count')).to.contain(text.found)
  await page.click('tbody a')
  await page.waitForURL(/\/products\/\d+/)

  await page.click('form[action="/logout"] button')
  await page.waitForURL(/\/$/)
  expect(await page.textContent('header')).to.contain(text.signedOut)
}

/** Every page and state that a person can meet, each yielded when it is shown. */
async function* everyPage(page: Page) {
  for (const path of ['/', '/register', '/login?next=%2Fproducts', '/forgotten', '/reset', '/nowhere']) {
    await page.goto(path)
    yield path
  }
  await page.goto('/register')
  await submit(page)
  yield 'register, problems'
  await page.goto('/login')
  await fill(page, { email: 'nobody@example.org', password: 'not this one' })
  await submit(page)
  yield 'login, wrong'
  const account = await register(page)
  await page.goto(`/products?q=${'nothing'.repeat(20)}`)
  yield 'products, no match'
  await page.goto('/products/new')
  yield 'new product'
  await submit(page)
  yield 'new product, problems'
  const longest = { name: 'W'.repeat(100), description: `${'w'.repeat(500)} `.repeat(3), category: 'W'.repeat(60) }
  await fill(page, product({ ...longest, units: '2000000000' }))
  await submit(page)
  yield 'product'
  const form = `${new URL(page.url()).pathname}/edit`
  await page.goto(form)
  yield 'edit product'
  const other = await page.context().newPage()
  await other.goto(form)
  await fill(other, { name: 'M'.repeat(100), category: 'M'.repeat(60) })
  await submit(other)
  await other.close()
  await fill(page, { name: 'V'.repeat(100) })
  await submit(page)
  yield 'edit product, changed meanwhile'
  await submit(page)
  yield 'product, changed'
  await page.click('a[href$="/movements"]:not(nav a)')
  await page.waitForSelector('[name=kind]')
  yield 'stock'
  await fill(page, { units: '2000000001', reason: 'R'.repeat(60), note: 'N'.repeat(500) })
  await page.check('[value=out]')
  await submit(page)
  yield 'stock, problems'
  await fill(page, { units: '2000000000' })
  await submit(page)
  yield 'stock, moved'
  await page.click('form.notice button')
  await page.waitForSelector('.movements li + li')
  yield 'stock, undone'
  await page.goto(form)
  await fill(page, { minimum: '2000000000' })
  await submit(page)
  await page.goto(form.replace('/edit', '/movements'))
  await fill(page, { units: '1' })
  await page.check('[value=out]')
  await submit(page)
  await page.goto(form.replace('/edit', ''))
  yield 'product, low'
  await page.click('form[action$="/archive"] button')
  await page.waitForSelector('form[action$="/restore"]')
  yield 'product, archived'
  await page.goto(form.replace('/edit', '/movements'))
  yield 'stock, archived'
  await page.goto(form.replace('/edit', '/delete'))
  yield 'product, to be deleted'
  await page.goto(form.replace('/edit', ''))
  await page.click('form[action$="/restore"] button')
  await page.waitForSelector('form[action$="/archive"]')
  yield 'product, restored'
  await page.goto('/movements?kind=out')
  yield 'movements'
  await page.goto('/movements?kind=count')
  yield 'movements, no match'
  await page.goto('/categories')
  await submit(page)
  yield 'categories, problems'
  await page.locator('.acts a').first().click()
  await page.waitForSelector('#to')
  yield 'category to be renamed'
  await fill(page, { to: '' })
  await submit(page)
  yield 'category to be renamed, problems'
  await page.goto('/imports')
  await submit(page)
  yield 'imports, problems'
  await page.setInputFiles('#file', {
    name: `${'w'.repeat(150)}.csv`,
    mimeType: 'text/csv',
    buffer: Buffer.from(sheet),
  })
  await submit(page)
  for (const verdict of ['new', 'wrong']) {
    await page.waitForSelector('.verdicts')
    await page.goto(`${new URL(page.url()).pathname}?show=${verdict}`)
    yield `import, ${verdict}`
  }
  await page.goto('/products')
  yield 'products'
  await page.goto(`/labels?id=${form.split('/')[2]}`)
  yield 'labels'
  await page.goto('/scan')
  yield 'scan'
  await page.keyboard.press('?')
  await page.waitForSelector('dialog[open]')
  yield 'shortcuts, over a page'
  await page.keyboard.press('Escape')
  await page.waitForSelector('dialog[open]', { state: 'detached' })
  await page.keyboard.press('Control+k')
  await page.waitForSelector('dialog.palette[open]')
  await page.keyboard.type('W'.repeat(20))
  await page.waitForSelector('.products-found [role=option]')
  yield 'palette'
  for (const path of [
    '/account',
    '/account/profile',
    '/account/email',
    '/account/password',
    '/account/tokens',
    '/account/delete',
  ]) {
    await page.goto(path)
    yield path
  }
  await submit(page)
  yield '/account/delete, problems'
  yield* peoplePages(page, account)
  await page.goto('/status')
  yield 'status'
  await page.waitForSelector('[data-chart=p95] canvas')
  await page.click('summary')
  yield 'status, live'
  await page.goto(`/products?q=${'x'.repeat(9000)}`)
  yield 'nginx’s own page'
}

/** A file with a row that is new, of the longest values, and one that is wrong. */
const sheet = [
  'name,code,description,units,category,minimum,nothing',
  `${'W'.repeat(100)},${'C'.repeat(50)}${Date.now()},${'w'.repeat(500)},2000000000,${'W'.repeat(60)},1,`,
  `${'W'.repeat(300)},no code,,x,${'W'.repeat(61)},x,`,
].join('\n')

/** What a browser's console tells of: scripts that fail, and what the content security policy refused. */
function faultsOf(context: BrowserContext): string[] {
  const faults: string[] = []
  context.on('weberror', (error) => faults.push(error.error().message))
  context.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text())) faults.push(message.text())
  })
  return faults
}

/** A form shown again comes with 422 or 409, which is a failure to load; and over plain HTTP some headers count for nothing. */
const expected =
  /status of (422|409)|^The Cross-Origin-Opener-Policy header has been ignored|^Clear-Site-Data header on/
