import { expect } from 'chai'
import { Browser } from '../../loadtest/client/browser.js'
import { signIn } from '../../loadtest/load/journeys.js'
import { unknownCatalogue } from '../../loadtest/load/preparation/catalogue.js'
import { Visitor } from '../../loadtest/load/visitor.js'

describe('a visitor', () => {
  it('starts a journey again when it ends, and when a step failed', () => {
    const visitor = visitorWith(new Browser('http://localhost'))
    const names = Array.from({ length: 4 }, () => visitor.nextStep().name)
    expect(names).to.deep.equal(['GET /login', 'POST /login', 'GET /products', 'GET /login'])
    visitor.arrived('no answer in time')
    expect(visitor.nextStep().name).to.equal('GET /login')
  })

  it('signs out first where a session is left, and not where it has ended', () => {
    const browser = new Browser('http://localhost')
    const visitor = visitorWith(browser)
    browser.keepCookies(['session=abc; path=/; httponly'])
    expect(visitor.nextStep().name).to.equal('POST /logout')
    visitor.arrived('no answer in time')
    browser.keepCookies(['session=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly'])
    expect(visitor.nextStep().name).to.equal('GET /login')
  })
})

function visitorWith(browser: Browser): Visitor {
  const account = { email: 'ana@example.org', password: 'a long enough phrase' }
  return new Visitor(browser, { account, catalogue: unknownCatalogue }, signIn)
}
