import type { Page } from 'playwright-core'
import { registration, unique } from '../person.js'
import { fill, submit } from './forms.js'

/** Every page about people, roles and invitations that an administrator meets, and whoever they invite. */
export async function* peoplePages(page: Page, administrator: Record<'email' | 'password', string>) {
  await page.goto('/invitations')
  yield 'invitations'
  await page.selectOption('#role', '3')
  await submit(page)
  yield 'invitation, made'
  const link = await page.inputValue('#link')
  await signOut(page)
  await page.goto(link)
  yield 'register, invited'
  const invited = registration({ firstName: 'W'.repeat(50), lastName: 'García' })
  await fill(page, invited)
  await submit(page)
  await page.waitForURL('**/products')
  await signOut(page)
  await page.goto(link)
  yield 'register, invitation over'
  await page.goto('/login')
  await fill(page, { email: administrator.email, password: administrator.password })
  await submit(page)
  await page.waitForURL('**/products')

  await page.goto('/roles')
  yield 'roles'
  await page.goto('/roles/new')
  yield 'role, new'
  await submit(page)
  yield 'role, new, problems'
  const name = `${unique()} ${'W'.repeat(40)}`
  await fill(page, { name })
  await page.check('[id="stock.move"]')
  await submit(page)
  await page.waitForURL(/\/roles(\?.*)?$/)
  yield 'roles, added'
  await page.click(`th a:text-is("${name}")`)
  await page.waitForSelector('#delete')
  yield 'role'
  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.check('[id="products.write"]')
  await submit(other)
  await other.close()
  await submit(page)
  yield 'role, changed meanwhile'
  await page.goto('/roles/1')
  yield 'role, of administrators'

  await page.goto(`/users?q=${'nothing'.repeat(14)}`)
  yield 'people, no match'
  await page.goto('/users')
  yield 'people'
  await page.goto(`/users?q=${invited.email}`)
  await page.click('tbody a')
  await page.waitForSelector('#give')
  yield 'person'
  await page.selectOption('#role', { label: name })
  await submit(page)
  yield 'person, role given'
  await page.click('form[action$="/reset-link"] button')
  await page.waitForSelector('#link')
  yield 'person, link made'
  await page.click('form[action$="/disable"] button')
  await page.waitForSelector('form[action$="/enable"]')
  yield 'person, disabled'
  await page.goto(`/users?q=${administrator.email}`)
  await page.click('tbody a')
  await page.waitForSelector('.facts')
  yield 'person, oneself'
  await page.click('a[href^="/audit?person="]')
  await page.waitForSelector('.audit')
  yield 'audit, of a person'
  await page.goto(`/audit?who=${'nobody'.repeat(20)}`)
  yield 'audit, no match'
  await page.goto('/audit')
  yield 'audit'
}

async function signOut(page: Page) {
  await page.goto('/account')
  await page.click('form[action="/logout"] button')
  await page.waitForURL(/\/(\?.*)?$/)
}
