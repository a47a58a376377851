import { expect } from 'chai'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { registration } from '../person.js'
import { allReady, keepStopped, replicaNamed, signal } from '../replica.js'
import { stack } from '../system.js'
import { violations } from './axe.js'
import { launchChromium } from './chromium.js'

describe('the page of the servers in a real browser', () => {
  let browser: Browser
  let context: BrowserContext
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())
  afterEach(async () => {
    await context.close()
    await allReady()
  })

  it('changes live, without a reload, when a replica dies and comes back', async () => {
    const page = await open()
    const faults: string[] = []
    context.on('weberror', (error) => faults.push(error.error().message))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    await page.waitForSelector('[data-chart=requests] canvas')
    await page.evaluate(() => {
      document.title = 'not reloaded'
    })
    // Not the one that streams: its death is an error in the console, whatever the page makes of it.
    const streaming = await page.textContent('.origin')
    const victim = ['app1', 'app2', 'app3'].find((name) => !streaming?.includes(name)) as string
    const before = replicaNamed(victim).pid
    const about = page.locator(`[data-replica=${victim}] .about`)
    await about.filter({ hasText: String(before) }).waitFor()
    signal(victim, 'SIGKILL')
    await page.locator(`#happened li.mark-killed`, { hasText: victim }).first().waitFor()
    await about.filter({ hasNotText: String(before) }).waitFor()
    await page.locator(`[data-replica=${victim}][data-condition=ready]`).waitFor()
    expect(await page.title()).to.equal('not reloaded')
    expect(faults).to.deep.equal([])
  })

  it('goes on from another replica when the one that streams is killed', async () => {
    const page = await open()
    await page.locator('.origin', { hasText: 'Live from' }).waitFor()
    const origin = (await page.textContent('.origin')) as string
    const streaming = /app\d/.exec(origin)?.[0] as string
    signal(streaming, 'SIGKILL')
    await page.locator('.origin', { hasText: 'Live from' }).filter({ hasNotText: streaming }).waitFor()
  })

  it('leaves what somebody selects selected while the figures change', async () => {
    const page = await open()
    await page.locator('.origin', { hasText: 'Live from' }).waitFor()
    await page.evaluate(() => {
      const text = document.querySelector('[data-replica=app1] .about span') as HTMLElement
      getSelection()?.selectAllChildren(text)
    })
    const origin = (await page.textContent('.origin')) as string
    await page.locator('.origin').filter({ hasNotText: origin }).waitFor()
    expect(await page.evaluate(() => String(getSelection()))).to.contain(String(replicaNamed('app1').pid))
  })

  it('shows two minutes instead of fifteen, with the keyboard too', async () => {
    const page = await open()
    await page.locator('[data-span="120"]').focus()
    await page.keyboard.press('Enter')
    expect(await page.getAttribute('[data-span="120"]', 'aria-pressed')).to.equal('true')
    expect(await page.getAttribute('[data-span="900"]', 'aria-pressed')).to.equal('false')
  })

  it('asks to sign in when the session has ended', async () => {
    const page = await open()
    await page.locator('.origin', { hasText: 'Live from' }).waitFor()
    const other = await context.newPage()
    await other.goto('/products')
    await other.click('form[action="/logout"] button')
    await page.waitForURL('**/login?next=%2Fstatus')
  })

  it('says the same without scripts', async () => {
    const page = await open({ javaScriptEnabled: false })
    expect(await page.locator('.server').count()).to.be.at.least(3)
    expect(await page.locator('svg path.requests').first().isVisible()).to.equal(true)
    expect(await page.textContent('.origin')).to.contain('Reload the page')
    expect(await page.locator('[data-span]').first().isVisible()).to.equal(false)
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`axe finds nothing either where a replica hangs and is taken for dead: ${colorScheme}`, async () => {
      const page = await open({ colorScheme, bypassCSP: true, viewport: { width: 320, height: 640 } })
      const release = keepStopped('app3')
      try {
        await page.locator('[data-replica=app3][data-condition=killed]').waitFor()
        expect(await violations(page)).to.deep.equal([])
      } finally {
        release()
      }
    })
  }

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    context = await browser.newContext({ locale: 'en', baseURL: stack.url, ...options })
    const page = await context.newPage()
    await page.goto('/register')
    for (const [name, value] of Object.entries(registration())) await page.fill(`main [name=${name}]`, value)
    await page.click('main form[method=post] button:not([type=button])')
    await page.waitForURL('**/products')
    await page.goto('/status')
    return page
  }
})
