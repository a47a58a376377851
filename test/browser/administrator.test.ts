import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type LoneReplica, startReplica } from '../lone-replica.js'
import { registration, unique } from '../person.js'
import { stack } from '../system.js'
import { launchChromium, screens } from './chromium.js'
import { fill, submit } from './forms.js'

/** A system into which nobody comes but by an invitation, and its first administrator. */
describe('the first administrator', () => {
  const password = 'a long enough phrase'
  let browser: Browser
  let replica: LoneReplica
  let contexts: BrowserContext[]
  before(async () => {
    browser = await launchChromium()
    replica = await startReplica({ REGISTRATION: 'invite' })
  })
  after(async () => {
    await browser.close()
    await replica.stop()
  })
  beforeEach(() => {
    contexts = []
  })
  afterEach(() => Promise.all(contexts.map((context) => context.close())))

  for (const [screen, viewport] of Object.entries(screens)) {
    for (const javaScriptEnabled of [true, false]) {
      it(`comes in by a link, invites somebody, gives them a role, and keeps them out: ${screen}, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async function () {
        this.timeout(60_000)
        const open = async () => {
          const context = await browser.newContext({
            locale: 'en',
            viewport,
            javaScriptEnabled,
            baseURL: replica.address,
          })
          contexts.push(context)
          return context.newPage()
        }
        await walk(await open(), await open())
      })
    }
  }

  async function walk(boss: Page, other: Page) {
    await boss.goto('/')
    expect(await boss.locator('a[href="/register"]').count()).to.equal(0)
    const email = `boss.${unique()}@example.org`
    await boss.goto(linkFor(email))
    await fill(boss, { newPassword: password })
    await submit(boss)
    await boss.waitForURL('**/login*')
    await fill(boss, { email, password })
    await submit(boss)
    await boss.waitForURL('**/products')

    await boss.click('nav a[href="/users"]')
    await boss.click('main a[href="/invitations"]')
    await boss.selectOption('#role', { label: 'Viewer' })
    await submit(boss)
    const invited = registration()
    await other.goto(await boss.inputValue('#link'))
    expect(await other.textContent('main')).to.contain('Your role will be: Viewer')
    await fill(other, invited)
    await submit(other)
    await other.waitForURL('**/products')
    expect(await other.locator('a[href="/products/new"]').count()).to.equal(0)

    await boss.goto(`/users?q=${invited.email}`)
    await boss.click('tbody a')
    await boss.selectOption('#role', { label: 'Editor' })
    await boss.click('form[action$="/role"] button')
    await boss.waitForSelector('.notice.good')
    await other.reload()
    await other.click('nav a[href="/products/new"]')

    await boss.click('form[action$="/disable"] button')
    await boss.waitForSelector('form[action$="/enable"]')
    await other.goto('/products')
    await other.waitForURL('**/login*')
    await fill(other, { email: invited.email, password: invited.password })
    await submit(other)
    expect(await other.textContent('.notice.bad')).to.contain('disabled')
    await boss.click('form[action$="/enable"] button')
    await boss.waitForSelector('form[action$="/disable"]')
    await fill(other, { password: invited.password })
    await submit(other)
    await other.waitForURL('**/products')
  }
})

/** What the command of an operator gives, without its host. */
function linkFor(email: string): string {
  const { stdout } = spawnSync(process.execPath, ['dist/stack/make-administrator.js', email, '--link'], {
    env: stack.environment,
    encoding: 'utf8',
  })
  return /\/reset\?token=\S+/.exec(stdout)?.[0] as string
}
