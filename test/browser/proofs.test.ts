import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { waitUntil } from '../../stack/processes.js'
import { type LoneReplica, startReplica } from '../lone-replica.js'
import { openMailbox, textOf } from '../mailbox.js'
import { registration } from '../person.js'
import { violations } from './axe.js'
import { launchChromium, screens } from './chromium.js'
import { fill, submit } from './forms.js'

describe('proving an address in a browser', () => {
  const newPassword = 'purple monkey dishwasher'
  let browser: Browser
  let mailbox: Awaited<ReturnType<typeof openMailbox>>
  let replica: LoneReplica
  before(async () => {
    browser = await launchChromium()
    mailbox = await openMailbox()
    const mail = { MAIL_URL: mailbox.url, MAIL_FROM: 'bodega@example.org', PUBLIC_URL: 'https://bodega.example' }
    replica = await startReplica(mail)
  })
  after(async () => {
    await browser.close()
    await replica.stop()
    mailbox.close()
  })

  for (const [screen, viewport] of Object.entries(screens)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const locale of ['es', 'en']) {
        it(`leads from the form to the products, and to another address: ${screen}, ${colorScheme}, ${locale}`, async function () {
          this.timeout(60_000)
          const look = { locale, viewport, colorScheme }
          const context = await browser.newContext({ ...look, baseURL: replica.address, bypassCSP: true })
          const page = await context.newPage()
          page.setDefaultTimeout(10_000)
          for await (const step of everyPage(page)) {
            expect(await violations(page), step).to.deep.equal([])
            const [wide, edge] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
            expect(wide, step).to.be.at.most(edge as number)
          }
          await context.close()
        })
      }
    }
  }

  it('needs no scripts', async () => {
    const context = await browser.newContext({ locale: 'en', baseURL: replica.address, javaScriptEnabled: false })
    for await (const _ of everyPage(await context.newPage()));
    await context.close()
  })

  async function* everyPage(page: Page) {
    const { password: _, ...names } = registration()
    await page.goto('/register')
    yield 'register'
    await submit(page)
    yield 'register, problems'
    await fill(page, names)
    await submit(page)
    await page.waitForSelector('.notice.good')
    yield 'register, sent'
    const link = await linkTo(names.email)
    await page.goto(link)
    yield 'confirm'
    await submit(page)
    yield 'confirm, problems'
    await fill(page, { newPassword })
    await submit(page)
    await page.waitForURL('**/products')
    await page.goto(link)
    yield 'confirm, over'

    const { email } = registration()
    await page.goto('/account/email')
    yield 'another address'
    await fill(page, { email, currentPassword: newPassword })
    await submit(page)
    await page.waitForURL(/\/account/)
    yield 'another address, asked for'
    await page.goto(await linkTo(email))
    yield 'another address, confirm'
    await submit(page)
    await page.waitForURL(/\/account/)
    expect(await page.textContent('.facts')).to.contain(email)
  }

  /** Without its host. */
  async function linkTo(email: string): Promise<string> {
    const received = () => mailbox.mails.find(({ to }) => to.includes(email))
    await waitUntil('no mail came', 20, async () => received() !== undefined)
    const { pathname, search } = new URL(
      /https?:\S+/.exec(textOf(received() as (typeof mailbox.mails)[number]))?.[0] as string,
    )
    return pathname + search
  }
})
