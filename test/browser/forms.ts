import type { Page } from 'playwright-core'
import { registration } from '../person.js'

/** Makes an account and signs in. */
export async function register(page: Page) {
  const account = registration()
  await page.goto('/register')
  await fill(page, account)
  await submit(page)
  await page.waitForURL('**/products')
  return account
}

/** Types into the page's fields, by name. */
export async function fill(page: Page, fields: Record<string, string>) {
  for (const [name, value] of Object.entries(fields)) await page.fill(`main [name=${name}]`, value)
}

/** Sends the page's form, and waits for what is answered. */
export async function submit(page: Page) {
  await Promise.all([
    page.waitForEvent('domcontentloaded'),
    page.click('main form[method=post] button:not([type=button])'),
  ])
}
