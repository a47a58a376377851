import { expect } from 'chai'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { product, signedIn, unique } from '../person.js'
import { stack } from '../system.js'
import { launchChromium } from './chromium.js'
import { register } from './forms.js'

/** A person presses one key after another in more time than a scanner takes for all. */
const byHand = { delay: 90 }

describe('the keyboard', () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())
  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en', baseURL: stack.url })
    page = await context.newPage()
    await register(page)
  })
  afterEach(() => context.close())

  const add = async (fields: Record<string, string> = {}) => {
    const draft = product(fields)
    const { location } = await (await signedIn()).post('/products', draft)
    return { code: draft.code, path: location?.split('?')[0] as string }
  }
  const close = async () => {
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog[open]', { state: 'detached' })
  }
  /** All keys at once: faster than a machine that is busy would pass them on. */
  const scan = (code: string, end = ['Enter']) =>
    page.evaluate(
      (keys) => {
        const target = document.activeElement as HTMLInputElement
        for (const key of keys) {
          target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
          if (target.type === 'search' && key.length === 1) target.value += key
        }
      },
      [...code, ...end],
    )

  describe('as a scanner’s', () => {
    it('opens the stock of a known code, wherever nothing is typed, also from one stock to the next', async () => {
      const [one, other] = [await add(), await add({ code: `gpn-jk${unique()}` })]
      await page.goto('/products')
      await scan(one.code)
      await page.waitForURL(`**${one.path}/movements`)
      await scan(other.code)
      await page.waitForURL(`**${other.path}/movements`)
    })

    it('opens a new product for an unknown code, and the stock where it was typed into the search', async () => {
      const [{ code, path }, unknown] = [await add(), `n.${unique()}`]
      await page.goto('/products')
      await scan(unknown)
      await page.waitForURL(`**/products/new?code=${unknown}`)
      expect(await page.inputValue('#code')).to.equal(unknown)
      await page.goto('/products')
      await page.focus('#q')
      await scan(code)
      await page.waitForURL(`**${path}/movements`)
    })

    it('is no shortcut where the end of it is missing', async () => {
      await page.goto('/products')
      await scan('ngpgm', [])
      await page.waitForTimeout(300)
      expect(new URL(page.url()).pathname).to.equal('/products')
    })

    it('is not taken for one where a person searches', async () => {
      const { code } = await add()
      await page.goto('/products')
      await page.focus('#q')
      await page.keyboard.type(code.slice(0, 6), byHand)
      await page.keyboard.press('Enter')
      await page.waitForURL('**/products?q=*')
    })
  })

  describe('as a person’s', () => {
    it('goes to pages, moves through rows, and opens, edits and moves a product', async () => {
      await add()
      const { path } = await add()
      await page.goto('/status')
      await page.keyboard.type('gp', byHand)
      await page.waitForURL('**/products')
      const isAtNewest = (path: string) => document.activeElement?.getAttribute('href') === path
      const isBelow = (path: string) => document.activeElement?.matches(`.products a:not([href="${path}"])`)
      for (const [key, there] of [
        ['j', isAtNewest],
        ['j', isBelow],
        ['k', isAtNewest],
      ] as const) {
        await page.keyboard.press(key)
        await page.waitForFunction(there, path)
      }
      await page.keyboard.press('Enter')
      await page.waitForURL(`**${path}`)
      await page.keyboard.press('e')
      await page.waitForURL(`**${path}/edit`)
      await page.goto(path)
      await page.keyboard.press('m')
      await page.waitForURL(`**${path}/movements`)
      await page.keyboard.press('/')
      await page.waitForSelector('dialog.palette[open]')
      await close()
      await page.keyboard.press('n')
      await page.waitForURL('**/products/new')
    })

    it('does nothing by itself in a field, with another key held down, or once that is switched off', async () => {
      await page.goto('/products')
      await page.keyboard.press('/')
      await page.waitForFunction(() => document.activeElement?.id === 'q')
      await page.keyboard.type('n?', byHand)
      expect(await page.inputValue('#q')).to.equal('n?')
      await page.evaluate(() => (document.activeElement as HTMLElement).blur())
      await page.keyboard.press('Alt+n')
      await page.keyboard.press('?')
      await page.uncheck('dialog [data-shortcuts] input')
      await close()
      await page.keyboard.press('n')
      await page.keyboard.press('?')
      await page.waitForTimeout(200)
      expect(await page.locator('dialog[open]').count()).to.equal(0)
      expect(new URL(page.url()).pathname).to.equal('/products')
      await page.goto('/shortcuts')
      await page.check('[data-shortcuts] input')
      await page.keyboard.press('Tab')
      await page.keyboard.press('n')
      await page.waitForURL('**/products/new')
    })
  })

  describe('in the palette', () => {
    it('finds a page or a product, and gives the focus back', async () => {
      const { code, path } = await add({ name: 'Añil' })
      await page.goto('/products')
      await page.focus('#q')
      await page.keyboard.press('Control+k')
      await page.waitForSelector('dialog.palette[open]')
      expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).to.equal('combobox')
      await close()
      await page.waitForFunction(() => document.activeElement?.id === 'q')
      await page.keyboard.press('Control+k')
      await page.keyboard.type('MOVEM') // however soon it opens
      await page.waitForSelector('dialog.palette[open]')
      expect(await page.inputValue('dialog input')).to.equal('MOVEM')
      await page.keyboard.press('Enter')
      await page.waitForURL('**/movements')
      await page.click('.jump')
      await page.waitForSelector('dialog.palette[open]')
      await page.keyboard.type(code.toLowerCase())
      await page.keyboard.press('Enter') // before the server has answered
      await page.waitForURL(`**${path}`)
    })

    it('goes through what it shows by arrows, in a circle, and says which is chosen', async () => {
      await page.goto('/products')
      await page.keyboard.press('Control+k')
      await page.waitForSelector('dialog.palette[open]')
      const chosen = () => page.getAttribute('dialog input', 'aria-activedescendant')
      expect(await chosen()).to.equal('palette-products')
      await page.keyboard.press('ArrowDown')
      expect(await chosen()).to.equal('palette-new')
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('ArrowUp')
      expect(await chosen()).to.equal('palette-sign-out')
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Enter')
      await page.waitForSelector('html[lang=es]')
    })
  })

  it('needs scripts: without them there is no button for the palette', async () => {
    const still = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() })
    const unscripted = await still.newPage()
    await unscripted.goto(`${stack.url}/shortcuts`)
    expect(await unscripted.isVisible('.jump')).to.equal(false)
    expect(await unscripted.textContent('main')).to.contain('Ctrl K')
    await still.close()
  })
})
