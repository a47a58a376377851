import { expect } from 'chai'
import { nextPage } from '../../app/http/navigation.js'
import { parseShown } from '../../app/http/shown-again.js'
import { textsOf } from '../../app/i18n/texts.js'
import { wholeNumber } from '../../app/input/form-values.js'
import { parseId } from '../../app/input/schemas.js'
import { parseCatalogueQuery, parseProductDraft } from '../../app/products/product.js'
import { fold } from '../../app/products/search/text.js'
import { parseCredentials, parseRegistration } from '../../app/users/account.js'
import { Person, product, registration, signedIn } from '../person.js'
import { replicaAddresses } from '../system.js'

const size = 64 * 1024

/** Text that is the worst for some transformation: normalizing, splitting, matching, interpolating, trimming. */
const worst: Record<string, string> = {
  'combining marks in the wrong order': `a${'\u0315\u0300'.repeat(size / 4)}`,
  'letters that fold into many': '\ufdfa'.repeat(size / 3),
  spaces: ' '.repeat(size),
  'a letter and spaces': `x${' '.repeat(size - 2)}x`,
  'line breaks': '\r\n'.repeat(size / 2),
  words: 'x '.repeat(size / 2),
  dots: '.'.repeat(size),
  'dots and an at': `${'a.'.repeat(size / 4)}@${'a.'.repeat(size / 4)}`,
  'ats and dashes': 'a-@'.repeat(size / 3),
  digits: '1'.repeat(size),
  'groups of digits': '1'.padEnd(size, ',000'),
  'keys of texts': '$t(nav.signIn)'.repeat(size / 14),
  'nested keys of texts': `${'$t('.repeat(size / 6)}${')'.repeat(size / 6)}`,
  'places of values': '{{q}}'.repeat(size / 5),
  brackets: 'a[b]'.repeat(size / 4),
  slashes: '/'.repeat(size),
  'emoji joined': '👩🏽‍🔧'.repeat(size / 15),
}

/** What one transformation may take of the event loop, in milliseconds; two seconds and more were seen. */
const most = 250

describe('the worst text that there is', () => {
  const transformations: Record<string, (text: string) => unknown> = {
    'a registration': (text) => parseRegistration({ firstName: text, lastName: text, email: text, password: text }),
    credentials: (text) => parseCredentials({ email: text, password: text }),
    'a product': (text) =>
      parseProductDraft({ name: text, code: text, description: text, units: text, category: text }),
    'a search': (text) => parseCatalogueQuery({ q: text, category: text, sort: text, size: text, page: text }),
    'a searched word': (text) => fold(parseCatalogueQuery({ q: text }).q),
    'a number': wholeNumber,
    'an id': parseId,
    'a form to be shown again': (text) => {
      parseShown(text)
      parseShown(JSON.stringify({ action: text, problems: { [text]: { message: text } }, notice: text }))
    },
    'a page to go to': (text) => nextPage(`/${text}`),
    'a text with it': (text) => textsOf('es')('products.found', { count: 2, number: '2', q: text }),
  }
  for (const [name, transform] of Object.entries(transformations)) {
    for (const [kind, text] of Object.entries(worst)) {
      it(`holds nobody up in ${name}: ${kind}`, () => {
        const start = performance.now()
        try {
          transform(text)
        } catch (error) {
          expect((error as Error).message).to.match(/^invalid: /)
        }
        expect(performance.now() - start).to.be.below(most)
      })
    }
  }

  it('holds up no replica, in any form or address', async () => {
    const [near] = replicaAddresses() as [string]
    const person = (await signedIn()).at(near)
    const stranger = new Person(near)
    for (const text of Object.values(worst)) {
      // Encoded, a letter takes up to three times as many bytes, and a form has 64 KB.
      const typed = text.slice(0, 5_000)
      const sent = [
        stranger.post('/login', { email: typed, password: typed, draft: typed, next: typed }),
        stranger.post('/register', registration({ firstName: typed })),
        person.post('/products', product({ name: typed, description: typed })),
        stranger.post('/language', { lang: typed, next: typed }),
        stranger.post('/language', { again: JSON.stringify({ action: '/register', problems: {} }), firstName: typed }),
        person.post('/products', { [typed]: 'x', [`name[${typed.slice(0, 500)}]`]: 'x' }),
        person.get(`/products?${new URLSearchParams({ q: text.slice(0, 900), page: text.slice(0, 100) })}`),
        stranger.get('/', { 'accept-language': typed.replace(/[^!-~]/g, 'a'), cookie: `lang=${'x'.repeat(5_000)}` }),
      ]
      const start = performance.now()
      expect((await stranger.get('/livez')).status).to.equal(200)
      expect(performance.now() - start).to.be.below(1_000)
      for (const { status } of await Promise.all(sent)) expect(status).to.be.below(500)
    }
  })
})

describe('texts', () => {
  it('have no key that somebody typed', () => {
    const t = textsOf('en')
    expect(() => t('$t(nav.signIn)' as 'product')).to.throw(RangeError)
    expect(() => t('__proto__' as 'product')).to.throw(RangeError)
    expect(t('newProduct.added', { name: '$t(nav.signIn) {{product}}' })).to.equal(
      '“$t(nav.signIn) {{product}}” was saved.',
    )
  })
})
