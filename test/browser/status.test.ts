import { expect } from 'chai'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { openStream } from '../event-stream.js'
import { Person } from '../person.js'
import { allReady, keepStopped, replicaNamed, signal } from '../replica.js'
import { databases, stack } from '../system.js'
import { violations } from './axe.js'
import { launchChromium } from './chromium.js'
import { register } from './forms.js'

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
    const victim = await bystander(page)
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
    await page.locator('.origin', { hasText: 'Live, served by' }).waitFor()
    const origin = (await page.textContent('.origin')) as string
    const streaming = /app\d/.exec(origin)?.[0] as string
    signal(streaming, 'SIGKILL')
    await page.locator('.origin', { hasText: 'Live, served by' }).filter({ hasNotText: streaming }).waitFor()
  })

  it('leaves what somebody selects selected while the figures change', async () => {
    const page = await open()
    await page.locator('.origin', { hasText: 'Live, served by' }).waitFor()
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

  it('counts a silence on, and announces it once', async () => {
    const page = await open()
    await page.locator('.origin', { hasText: 'Live, served by' }).waitFor()
    const victim = await bystander(page)
    await page.evaluate(() => {
      const shown = { ages: [] as string[], announced: [] as string[] }
      Object.assign(window, { shown })
      new MutationObserver(() => {
        const [age, announced] = [
          document.querySelector('.summary [data-age]'),
          document.querySelector('[role=status]'),
        ]
        if (age?.textContent && age.textContent !== shown.ages.at(-1)) shown.ages.push(age.textContent)
        const words = announced?.textContent ?? ''
        if (words !== shown.announced.at(-1)) shown.announced.push(words)
      }).observe(document.querySelector('#servers') as Element, { subtree: true, childList: true, characterData: true })
    })
    signal(victim, 'SIGSTOP')
    try {
      await page.locator('.summary', { hasText: `${victim} has been silent for` }).waitFor()
      await page.waitForFunction(() => (window as unknown as { shown: { ages: string[] } }).shown.ages.length > 4)
    } finally {
      signal(victim, 'SIGCONT')
    }
    const { announced } = await page.evaluate(() => (window as unknown as { shown: Record<string, string[]> }).shown)
    expect(announced?.filter((words) => words.includes(`${victim} has gone silent`))).to.have.length(1)
  })

  it('shows the visitor’s own time', async () => {
    const page = await open({ timezoneId: 'Asia/Tokyo', locale: 'en-GB' })
    await page.locator('.origin', { hasText: 'Live, served by' }).waitFor()
    const { shown, iso } = await page.evaluate(() => {
      const time = document.querySelector('.origin time') as HTMLTimeElement
      return { shown: time.textContent, iso: time.dateTime }
    })
    expect(shown).to.equal(new Date(iso).toLocaleTimeString('en-GB', { timeZone: 'Asia/Tokyo' }))
    expect(await page.textContent('details tbody time')).not.to.contain('UTC')
  })

  it('waits longer where the person has enough live pages, and says why', async () => {
    const page = await open()
    await page.locator('.origin', { hasText: 'Live, served by' }).waitFor()
    const person = new Person()
    for (const { name, value } of await context.cookies()) person.setCookie(name, value)
    await page.goto('/products')
    const streams = await Promise.all(Array.from({ length: 33 }, () => openStream(person)))
    expect(streams.filter(({ status }) => status === 429)).not.to.have.length(0)
    await page.goto('/status')
    await page.locator('.summary', { hasText: 'You have this page open in many windows' }).waitFor()
    for (const stream of streams) stream.close()
    await page.locator('.summary', { hasText: 'servers are ready' }).waitFor()
  })

  it('cuts no label of a chart, and tells servers apart without colour', async () => {
    await databases.users('heartbeats').insert(await busy())
    const page = await open({ forcedColors: 'active' })
    await page.waitForSelector('[data-chart=requests] canvas')
    await page.locator('[data-chart=requests] .value', { hasText: '–' }).first().waitFor()
    const { edge, dashes, strokes, marks } = await page.evaluate(() => {
      const canvas = document.querySelector('[data-chart=requests] canvas') as HTMLCanvasElement
      const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, 1, canvas.height)
      const samples = [...document.querySelectorAll('[data-chart=p95] .sample path')]
        .slice(0, 3)
        .map((each) => getComputedStyle(each))
      return {
        edge: data.some((value) => value > 0),
        dashes: new Set(samples.map(({ strokeDasharray }) => strokeDasharray)).size,
        marks: new Set(
          [...document.querySelectorAll('[data-mark]')].map((each) => getComputedStyle(each).borderInlineStartColor),
        ).size,
        strokes: new Set(samples.map(({ stroke }) => stroke)).size,
      }
    })
    await databases.users('heartbeats').where({ replica: 'busy' }).delete()
    expect([edge, dashes, strokes, marks]).to.deep.equal([false, 3, 3, 5])
  })

  for (const forcedColors of ['none', 'active'] as const) {
    it(`shows the focus on the chart’s buttons: forced colours ${forcedColors}`, async () => {
      const page = await open({ forcedColors })
      await page.locator('[data-span="120"]').focus()
      await page.keyboard.press('Tab')
      const outline = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement as Element)
        return `${document.activeElement?.getAttribute('data-span')} ${outlineStyle} ${outlineWidth}`
      })
      expect(outline).to.equal('900 solid 2px')
    })
  }

  it('says of what it shows that it is of before, when no server can be reached', async () => {
    const page = await open()
    await page.route('**/status/events', (route) => route.abort())
    await page.goto('/status')
    await page.locator('.summary', { hasText: 'Connection lost' }).waitFor()
    expect(await page.textContent('.origin')).to.match(/^Last known state · /)
    expect(await page.locator('.condition').first().isVisible()).to.equal(false)
    await page.unroute('**/status/events')
    await page.locator('.origin', { hasText: 'Live, served by' }).waitFor()
    expect(await page.locator('.condition').first().isVisible()).to.equal(true)
  })

  it('asks to sign in when the session has ended', async () => {
    const page = await open()
    await page.locator('.origin', { hasText: 'Live, served by' }).waitFor()
    const other = await context.newPage()
    await other.goto('/products')
    await other.click('form[action="/logout"] button')
    await page.waitForURL('**/login?next=%2Fstatus')
  })

  it('says the same without scripts', async () => {
    const page = await open({ javaScriptEnabled: false })
    expect(await page.locator('.server').count()).to.be.at.least(3)
    expect(await page.locator('svg path.requests').first().isVisible()).to.equal(true)
    expect(await page.textContent('.origin')).to.match(/^Served by app\d · \d\d:\d\d:\d\d UTC · Reload the page/)
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

  /** A replica that does not stream to the page. */
  async function bystander(page: Page): Promise<string> {
    const streaming = await page.textContent('.origin')
    return ['app1', 'app2', 'app3'].find((name) => !streaming?.includes(name)) as string
  }

  /** A made-up server's heartbeat of a moment ago, with more requests than four digits can say. */
  async function busy() {
    const row = await databases.users('heartbeats').where({ state: 'ready' }).first()
    const beat_at = databases.users.raw('UTC_TIMESTAMP(3) - INTERVAL 2 SECOND')
    return { ...row, id: undefined, replica: 'busy', life: 'busy', requests: 123_456, span_ms: 1_000, beat_at }
  }

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    context = await browser.newContext({ locale: 'en', baseURL: stack.url, ...options })
    const page = await context.newPage()
    await register(page)
    await page.goto('/status')
    return page
  }
})
