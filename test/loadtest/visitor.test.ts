import { expect } from 'chai'
import type { Journey, Traveller } from '../../loadtest/journeys/journey.js'
import { signIn } from '../../loadtest/journeys/sign-in.js'
import { unknownCatalogue } from '../../loadtest/preparation/catalogue.js'
import { keepCookies, Visitor } from '../../loadtest/visitor.js'

describe('a visitor', () => {
  it('begins a journey again when it ends, and when a step failed', () => {
    const visitor = visitorOn(signIn)
    const names = [visitor.nextStep(), visitor.nextStep(), visitor.nextStep(), visitor.nextStep()].map(
      ({ name }) => name,
    )
    expect(names).to.deep.equal(['GET /login', 'POST /login', 'GET /products', 'GET /login'])
    visitor.giveUp()
    expect(visitor.nextStep().name).to.equal('GET /login')
  })

  it('signs out first where a session is left, and not where it has ended', () => {
    const visitor = visitorOn(signIn)
    visitor.arrived(undefined, ['session=abc; path=/; httponly', 'lang=en; path=/'])
    expect(visitor.nextStep().name).to.equal('POST /logout')
    visitor.giveUp()
    visitor.arrived(undefined, ['session=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly'])
    expect(visitor.nextStep().name).to.equal('GET /login')
  })

  it('sends the cookies that it got, a form as forms are sent, and no cookie where the step is anonymous', () => {
    const visitor = visitorOn(signIn)
    visitor.arrived(undefined, ['session=abc; path=/', 'lang=en'])
    const step = {
      name: '',
      method: 'POST' as const,
      path: '/products',
      form: { name: 'Más & más' },
      cookies: true,
      expect: 303,
    }
    const { headers, body } = visitor.request(step)
    expect(headers).to.include({ Cookie: 'session=abc; lang=en', 'Content-Type': 'application/x-www-form-urlencoded' })
    expect(body).to.equal('name=M%C3%A1s+%26+m%C3%A1s')
    expect(visitor.request({ ...step, cookies: false }).headers).not.to.have.property('Cookie')
  })

  it('keeps no cookie that has expired', () => {
    const cookies = new Map([['old', '1']])
    keepCookies(cookies, [
      'old=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'new=a=b; expires=Fri, 01 Jan 2100 00:00:00 GMT',
    ])
    expect([...cookies]).to.deep.equal([['new', 'a=b']])
  })
})

function visitorOn(journey: (traveller: Traveller) => Journey): Visitor {
  const account = { email: 'ana@example.org', password: 'a long enough phrase' }
  return new Visitor({ account, catalogue: unknownCatalogue, cookies: new Map() }, journey)
}
