import { expect } from 'chai'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { product, signedIn, unique } from '../person.js'
import { databases, stack } from '../system.js'
import { launchChromium } from './chromium.js'
import { fill, register, submit } from './forms.js'
import { edgesOf, focusOf } from './outlines.js'

describe('the pages in a real browser', () => {
  let browser: Browser
  let context: BrowserContext
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())
  afterEach(() => context.close())

  for (const javaScriptEnabled of [true, false]) {
    it(`another language keeps a form that was refused: ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
      const page = await open({ javaScriptEnabled })
      const dialogs: string[] = []
      page.on('dialog', (dialog) => {
        dialogs.push(dialog.type())
        dialog.accept()
      })
      const draft = product({ units: 'many', description: 'One line\nand another' })
      await page.goto('/products/new')
      await fill(page, draft)
      await submit(page)
      await fill(page, { name: 'Typed since' })
      await page.click('button[name=lang][value=es]')
      await page.waitForSelector('html[lang=es]')
      expect(await page.textContent('#units-problem')).to.contain('un número entero')
      expect(await page.inputValue('#name')).to.equal('Typed since')
      expect(await page.inputValue('#description')).to.equal(draft.description)
      expect(dialogs).to.deep.equal([])
    })
  }

  it('a form resumed after signing in keeps its lines, and asks before it is left', async () => {
    const page = await open()
    const draft = product({ description: 'One line\n\nand another' })
    await page.goto('/products/new')
    await fill(page, draft)
    await databases.users('sessions').delete()
    await submit(page)
    await fill(page, { email: account.email, password: account.password })
    await submit(page)
    expect(await page.textContent('[role=status]')).to.contain('not been saved yet')
    expect(await page.inputValue('#description')).to.equal(draft.description)
    await page.focus('#name') // browsers ask only people who did something on the page
    await page.keyboard.press('End')
    const asked = page.waitForEvent('dialog')
    const clicked = page.click('header a[href="/products"]').catch(() => {})
    const dialog = await asked
    expect(dialog.type()).to.equal('beforeunload')
    await dialog.dismiss()
    await clicked
    expect(await page.inputValue('#code')).to.equal(draft.code)
  })

  for (const options of [
    { colorScheme: 'light' },
    { colorScheme: 'dark' },
    { colorScheme: 'light', forcedColors: 'active' },
    { colorScheme: 'dark', forcedColors: 'active' },
  ] as const) {
    it(`the focus and the edges of fields can be seen everywhere: ${Object.values(options).join(', ')}`, async () => {
      const page = await open(options)
      const { location } = await (await signedIn()).post('/products', product())
      const stock = `${location?.split('?')[0]}/movements`
      for (const path of [
        '/products',
        '/products/new',
        stock,
        '/movements',
        '/imports',
        '/categories',
        '/labels',
        '/scan',
        '/account',
        '/users',
        '/roles',
        '/roles/2',
        '/audit',
        '/invitations',
        '/status',
      ]) {
        await page.goto(path)
        for (const { what, style, width, contrast } of await focusOf(page)) {
          expect([style, width >= 2], `${path}: ${what}`).to.deep.equal(['solid', true])
          expect(contrast, `${path}: ${what}`).to.be.at.least(3)
        }
      }
      await page.goto('/products/new')
      await fill(page, { name: 'Cable' })
      await submit(page)
      const edges = await edgesOf(page)
      expect(edges).to.have.length(6)
      for (const { what, contrast } of edges) expect(contrast, what).to.be.at.least(3)
    })
  }

  it('a product leads back to the list as it was', async () => {
    const page = await open()
    const mark = unique()
    await page.goto('/products/new')
    await fill(page, product({ name: `Back ${mark}` }))
    await submit(page)
    await page.goto(`/products?q=${mark}+back`)
    await page.click('tbody a')
    await page.waitForURL(/\/products\/\d+/)
    expect(await page.textContent('header [aria-current]')).to.contain('Products')
    await page.click('.back a')
    await page.waitForURL(/\/products\?/)
    expect(await page.inputValue('#q')).to.equal(`${mark} back`)
  })

  it('a product’s date is the visitor’s own where scripts run, and names its zone where they do not', async () => {
    const page = await open({ timezoneId: 'Asia/Tokyo', locale: 'en-GB' })
    await page.goto('/products/new')
    await fill(page, product())
    await submit(page)
    const { shown, iso } = await page.evaluate(() => {
      const time = document.querySelector('.facts time') as HTMLTimeElement
      return { shown: time.textContent, iso: time.dateTime }
    })
    const local = { dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Tokyo' } as const
    expect(shown).to.equal(new Intl.DateTimeFormat('en-GB', local).format(new Date(iso)))
    const still = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() })
    const unscripted = await still.newPage()
    await unscripted.goto(page.url())
    expect(await unscripted.textContent('.facts time')).to.match(/ UTC$/)
    await still.close()
  })

  for (const locale of ['es', 'en']) {
    for (const viewport of [
      { width: 320, height: 640 },
      { width: 360, height: 740 },
    ]) {
      it(`on a phone the header is one row, and products begin in the upper third: ${locale}, ${viewport.width} px`, async () => {
        const page = await open({ locale, viewport })
        await page.goto('/products/new')
        await fill(page, product())
        await submit(page)
        await page.goto('/products')
        const [header, brand, row] = await page.evaluate(() =>
          ['header.site', '.brand', 'tbody tr'].map(
            (each) => document.querySelector(each)?.getBoundingClientRect().toJSON() as DOMRect,
          ),
        )
        expect(header?.height).to.be.below(2 * (brand?.height as number))
        expect(row?.top).to.be.below(viewport.height / 3)
      })
    }
  }

  it('says while a code is typed which product has it, but not of the product itself', async () => {
    const page = await open()
    const taken = product({ name: 'Taken <b>& bold' })
    const { location } = await (await signedIn()).post('/products', taken)
    const path = location?.split('?')[0]
    await page.goto('/products/new')
    await page.fill('#code', taken.code.toLowerCase())
    await page.waitForSelector(`.problem a[href="${path}/movements"]`)
    expect(await page.textContent('.problem')).to.contain('Another product has this code: Taken <b>& bold')
    await page.fill('#code', unique())
    await page.waitForSelector('.problem a', { state: 'detached' })
    await page.goto(`${path}/edit`)
    await page.fill('#code', '')
    const checked = page.waitForResponse(/\/products\/new\/code/)
    await page.fill('#code', taken.code)
    await (await checked).finished()
    expect(await page.locator('.problem a').count()).to.equal(0)
  })

  it('on paper there is the product, and nothing to press', async () => {
    const page = await open({ colorScheme: 'dark' })
    await page.goto('/products/new')
    await fill(page, product())
    await submit(page)
    await page.emulateMedia({ media: 'print' })
    const shown = await page.locator('header.site, footer.site, .back, .notice, button').all()
    for (const each of shown) expect(await each.isVisible()).to.equal(false)
    expect(await page.isVisible('.facts')).to.equal(true)
    await page.goto('/products')
    expect(await page.isVisible('.search')).to.equal(false)
    expect(await page.isVisible('thead th')).to.equal(true)
  })

  let account: { email: string; password: string }

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    context = await browser.newContext({ locale: 'en', baseURL: stack.url, ...options })
    const page = await context.newPage()
    account = await register(page)
    return page
  }
})
