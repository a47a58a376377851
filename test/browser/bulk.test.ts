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
      await page.getByLabel('Select the whole page').click()
      expect(await page.textContent('.selected')).to.contain('Selected: 3')
      await page.getByRole('checkbox', { name: `Select ${word} blue` }).click()
      expect(await page.textContent('.selected')).to.contain('Selected: 2')
      expect(await page.getByLabel('Select the whole page').isChecked()).to.equal(false)
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

    it(`of a category get another one with it, once that is agreed to, at ${width} px`, async () => {
      const page = await browser.newPage({ locale: 'en', baseURL: stack.url, viewport: { width, height: 740 } })
      await register(page)
      const word = `0${unique()}` // among the first categories
      for (const category of [`${word} old`, `${word} other`]) {
        await page.goto('/products/new')
        await fill(page, product({ category }))
        await submit(page)
      }
      await page.goto('/categories')
      await page.getByRole('link', { name: `Rename ${word} old` }).click()
      await page.getByLabel('New category').fill(`${word} OTHER`)
      await page.getByRole('button', { name: 'Rename' }).click()
      await page.getByLabel('Make them one').click()
      await page.getByRole('button', { name: 'Rename' }).click()
      await page.getByText('One product was changed').waitFor()
      await page.goto('/categories')
      expect(await page.getByRole('row', { name: `${word} other` }).innerText()).to.match(/other\s+(Products\s+)?2\b/)
      expect(await page.getByText(`${word} old`).count()).to.equal(0)
      await page.getByLabel('Category').fill(`${word} empty`)
      await page.getByRole('button', { name: 'Add category' }).click()
      await page.getByText('The category was added').waitFor()
      await page.getByRole('button', { name: `Delete ${word} empty` }).click()
      await page.getByText('The category was deleted').waitFor()
      await page.close()
    })
  }
})
