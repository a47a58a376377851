import type { Page } from 'playwright-core'
import { makeAdministrator, registration } from '../person.js'

/** Makes an account that may do everything, and signs in. */
export async function register(page: Page) {
  const account = registration()
  await page.goto('/register')
  await fill(page, account)
  await submit(page)
  await page.waitForURL('**/products')
  await makeAdministrator(account.email)
  await page.reload() // the menu has more now
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
