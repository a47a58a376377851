import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { product, unique } from '../person.js'
import { stack } from '../system.js'
import { launchChromium } from './chromium.js'
import { fill, register, submit } from './forms.js'

describe('many products in a browser', () => {
  let browser: Browser
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())

  for (const width of [1280, 360]) {
    it(`are selected by their boxes, changed, and changed back, at ${width} px`, async () => {
      const page = await browser.newPage({ locale: 'en', baseURL: stack.url, viewport: { width, height: 740 } })
      await register(page)
      const word = `w${unique()}`
      for (const name of ['red', 'blue', 'green']) {
        await page.goto('/products/new')
        await fill(page, product({ name: `${word} ${name}` }))
        await submit(page)
      }
      await page.goto(`/products?q=${word}`)
      for (const name of ['red', 'green']) await page.getByRole('checkbox', { name: `Select ${word} ${name}` }).click()
      await page.getByLabel('What to do').selectOption('category')
      await page.getByLabel('New category').fill(`c${word}`)
      await page.getByRole('button', { name: 'Do it' }).click()
      await page.waitForURL(/\/imports\/\d+/)
      const undo = page.locator('form[action$="/undo"] button')
      await undo.waitFor()
      expect(await page.textContent('main')).to.contain('2 products were changed')
      await page.goto(`/products?category=c${word}`)
      expect(await page.locator('tbody tr').count()).to.equal(2)
      await page.goBack()
      await undo.click()
      await page.getByText('It was undone').waitFor()
      await page.goto(`/products?category=c${word}`)
      expect(await page.locator('tbody tr').count()).to.equal(0)
      await page.close()
    })
  }
})
