import { expect } from 'chai'
import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import { product, signedIn, unique } from '../person.js'
import { stack } from '../system.js'
import { launchChromium } from './chromium.js'
import { register } from './forms.js'

const searches = (address: URL) => address.pathname === '/products' && address.searchParams.has('q')

describe('a search while it is typed', () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let word: string
  let code: string
  before(async () => {
    browser = await launchChromium()
    word = `w${unique()}`
    const person = await signedIn()
    const draft = product({ name: `${word} red`, category: word })
    code = draft.code as string
    await person.post('/products', draft)
    await person.post('/products', product({ name: `${word} blue` }))
  })
  after(() => browser.close())
  beforeEach(async () => {
    context = await browser.newContext({ locale: 'en', baseURL: stack.url })
    page = await context.newPage()
    await register(page)
    await page.goto('/products')
    await page.evaluate(() => Object.assign(window, { same: true }))
  })
  afterEach(() => context.close())

  const type = (text: string) => page.locator('#q').pressSequentially(text, { delay: 5 })
  const rows = (many: number) => page.waitForFunction((n) => document.querySelectorAll('tbody tr').length === n, many)
  const found = async (text: string, many: number) => {
    await page.waitForURL((address) => address.searchParams.get('q') === text)
    await rows(many)
  }
  const isSame = () => page.evaluate(() => 'same' in window)
  const query = () => new URL(page.url()).search
  const settled = () => page.waitForTimeout(700)

  it('shows what is found without another page, and leaves focus and caret where they are', async () => {
    await type(word)
    await found(word, 2)
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.type('#')
    await page.waitForSelector('.empty')
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('q')
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).selectionStart)).to.equal(2)
    expect(await isSame()).to.equal(true)
  })

  it('has the title, the links and the address of what is shown', async () => {
    await type(word)
    await found(word, 2)
    expect(query()).to.equal(`?q=${word}`)
    expect(await page.title()).to.contain(word)
    for (const link of ['.exchange a[href^="/products.csv"]', '.to-labels a', 'thead a', '.choice']) {
      expect(await page.getAttribute(link, 'href')).to.contain(`q=${word}`)
    }
    expect(await page.inputValue('.language [name=next]')).to.equal(`/products?q=${word}`)
  })

  it('keeps what is chosen, and the order', async () => {
    await page.goto(`/products?category=${word}&sort=units&dir=desc`)
    await type(word)
    await page.waitForURL(searches)
    await rows(1)
    const asked = new URL(page.url()).searchParams
    expect(Object.fromEntries(asked)).to.deep.equal({ q: word, category: word, sort: 'units', dir: 'desc' })
  })

  it('says what was found once, after a pause', async () => {
    await page.evaluate(() => {
      const said: string[] = []
      const status = document.querySelector('body > [role=status]') as Element
      new MutationObserver(() => said.push(status.textContent ?? '')).observe(status, { childList: true })
      Object.assign(window, { said })
    })
    await type(word.slice(0, 2))
    await page.waitForURL(searches)
    await type(word.slice(2))
    await found(word, 2)
    await page.waitForTimeout(1_500)
    const said = (await page.evaluate('said')) as string[]
    expect(said).to.have.length(1)
    expect(said[0]).to.contain('2')
    expect(await page.locator('main [role=status]').count()).to.equal(0)
  })

  it('is one entry of the history, between the list and the product', async () => {
    const entries = await page.evaluate(() => history.length)
    await type(word.slice(0, 3))
    await page.waitForURL(searches)
    await type(word.slice(3))
    await found(word, 2)
    expect(await page.evaluate(() => history.length)).to.equal(entries + 1)
    await page.goBack()
    expect(query()).to.equal('')
    await page.waitForFunction((word) => !document.title.includes(word), word)
    expect(await page.inputValue('#q')).to.equal('')
    await page.goForward()
    await found(word, 2)
    expect(await page.inputValue('#q')).to.equal(word)
    expect(await isSame()).to.equal(true)
    await page.click('tbody a')
    await page.waitForURL(/\/products\/\d+/)
    await page.goBack()
    await found(word, 2)
    expect(await page.inputValue('#q')).to.equal(word)
    expect(query()).to.equal(`?q=${word}`)
  })

  it('drops an answer that a later one has overtaken', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route(
      (address) => searches(address) && address.searchParams.get('q') === word,
      async (route) => {
        await held
        await route.continue().catch(() => {})
      },
    )
    await type(word)
    await page.waitForRequest((request) => request.url().endsWith(`q=${word}`))
    await type(' blue')
    await found(`${word} blue`, 1)
    release()
    await settled()
    await found(`${word} blue`, 1)
  })

  const failures: Record<string, (route: Route) => Promise<void>> = {
    'too many searches': (route) => route.fulfill({ status: 429, body: 'later' }),
    'no server': (route) => route.fulfill({ status: 503, body: 'later' }),
    'no network': (route) => route.abort(),
  }
  for (const [failure, answer] of Object.entries(failures)) {
    it(`leaves what is shown, and the form: ${failure}`, async () => {
      await page.route(searches, answer)
      await expectLeft()
      await page.unroute(searches)
      await page.keyboard.press('Enter')
      await page.waitForURL(searches)
      await found(word, 2)
      expect(await isSame()).to.equal(false)
    })
  }

  it('leaves what is shown, and the form: signed out', async () => {
    await context.clearCookies()
    await expectLeft()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/login?*')
  })

  async function expectLeft() {
    const shown = await page.textContent('table')
    await type(word)
    await settled()
    expect(await page.textContent('table')).to.equal(shown)
    expect(query()).to.equal('')
    expect(await page.inputValue('#q')).to.equal(word)
    expect(await page.isDisabled('#bulk [name=all]'), 'all of a list that is not shown').to.equal(true)
  }

  it('keeps what is selected of what it finds, and all that match can be chosen again', async () => {
    const begun = word.slice(0, -1)
    await type(begun)
    await found(begun, 2)
    await page.locator('.pick > input').first().click()
    await page.press('#q', 'End')
    await type(word.slice(-1))
    await found(word, 2)
    expect(await page.locator('.pick > :checked').count()).to.equal(1)
    expect(await page.textContent('.selected')).to.match(/1$/)
    expect(await page.isDisabled('#bulk [name=all]')).to.equal(false)
  })

  it('waits for the end of a composition', async () => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    const input = await context.newCDPSession(page)
    await page.focus('#q')
    await input.send('Input.imeSetComposition', { text: word, selectionStart: 1, selectionEnd: 1 })
    await settled()
    expect(asked).to.deep.equal([])
    await input.send('Input.insertText', { text: word })
    await found(word, 2)
  })

  it('asks nothing more at Enter: a scanner’s code opens its product', async () => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.route('**/scan?*', async (route) => {
      await settled()
      await route.continue()
    })
    await page.evaluate((code) => {
      const field = document.querySelector('#q') as HTMLInputElement
      for (const key of [...code, 'Enter']) {
        field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
        if (key !== 'Enter') field.value += key
        if (key !== 'Enter') field.dispatchEvent(new InputEvent('input', { bubbles: true }))
      }
    }, code)
    await page.waitForURL(/\/products\/\d+\/movements/)
    expect(asked).not.to.include('/products')
  })

  it('is not refused to somebody who types and types', async () => {
    const refused: number[] = []
    page.on('response', (response) => {
      if (response.status() >= 400) refused.push(response.status())
    })
    for (let round = 0; round < 12; round++) {
      await type('a')
      await page.waitForTimeout(230)
    }
    await page.fill('#q', word)
    await found(word, 2)
    expect(refused).to.deep.equal([])
  })

  it('needs scripts: without them, the form is sent', async () => {
    const still = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() })
    const unscripted = await still.newPage()
    await unscripted.goto(`${stack.url}/products`)
    await unscripted.fill('#q', word)
    await unscripted.press('#q', 'Enter')
    await unscripted.waitForURL(searches)
    expect(await unscripted.locator('tbody tr').count()).to.equal(2)
    await still.close()
  })
})
