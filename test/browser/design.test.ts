import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { type LoneReplica, startReplica } from '../lone-replica.js'
import { stack } from '../system.js'
import { violations } from './axe.js'
import { launchChromium, screens } from './chromium.js'

describe('the page of every part in every state', () => {
  let browser: Browser
  let replica: LoneReplica
  before(async () => {
    replica = await startReplica({ NODE_ENV: 'development' })
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await replica.stop()
  })

  it('is not there in production', async () => {
    expect((await fetch(`${stack.url}/design`)).status).to.equal(404)
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [screen, viewport] of Object.entries(screens)) {
      for (const [as, locale] of [
        ['person', 'es'],
        ['stranger', 'en'],
      ] as const) {
        it(`axe finds nothing, and nothing runs over the edge: ${screen}, ${colorScheme}, ${as}`, async () => {
          const page = await browser.newPage({ locale, viewport, colorScheme, bypassCSP: true })
          const answer = await page.goto(`${replica.address}/design?as=${as}&section=/products`)
          expect(answer?.status()).to.equal(200)
          expect(await violations(page)).to.deep.equal([])
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(viewport.width)
          await page.close()
        })
      }
    }
  }
})
