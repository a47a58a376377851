import { expect } from 'chai'
import { type Answer, Person, problemsOn, product, registration, signedIn, unique, valuesOn } from '../../person.js'
import { databases } from '../../system.js'

describe('the language of a page that answered a form', () => {
  it('keeps what was typed and what is wrong with it, but never the password', async () => {
    const person = new Person()
    const typed = { firstName: 'Zoë <b>', lastName: 'x'.repeat(101), email: 'ana@', password: 'short' }
    const shown = await inLanguage('es', person, await person.post('/register', { ...typed, next: '/products/new' }))
    expect([shown.status, shown.$('html').attr('lang')]).to.deep.equal([200, 'es'])
    expect(problemsOn(shown)).to.deep.equal({
      lastName: 'Acorte los apellidos: como mucho 100 caracteres.',
      email: 'Escriba una dirección de correo completa, como ana@example.org.',
      password: 'Alargue la contraseña: al menos 10 caracteres.',
    })
    expect(valuesOn(shown, '/register')).to.deep.equal({ ...typed, password: '', next: '/products/new' })
    expect(shown.html).not.to.contain('value="short"')
    expect((await person.get('/')).$('html').attr('lang')).to.equal('es')
  })

  it('takes what was typed since, and can be switched back and sent', async () => {
    const person = new Person()
    const refused = await person.post('/register', { ...registration(), email: 'ana@' })
    const email = `ana.${unique()}@example.org`
    const back = await inLanguage('en', person, await inLanguage('es', person, refused, { email }))
    expect(valuesOn(back, '/register')).to.include({ firstName: 'Ana', email })
    const { status } = await person.submit(back, '/register', { password: 'a long enough phrase' })
    expect(status).to.equal(303)
  })

  it('keeps what only the database knows: wrong credentials, an address or a code that is taken, a form sent twice', async () => {
    const stranger = new Person()
    const account = registration()
    const wrong = await inLanguage('es', stranger, await stranger.post('/login', account))
    expect(wrong.$('[role=alert]').text()).to.contain('no son correctos')
    expect(valuesOn(wrong, '/login')).to.deep.equal({ email: account.email, password: '' })

    await new Person().post('/register', account)
    const taken = { ...account, password: 'another long phrase' }
    const email = await inLanguage('es', stranger, await stranger.post('/register', taken))
    expect(problemsOn(email).email).to.contain('Ya hay una cuenta con este correo.')
    expect(email.$('#email-problem a').attr('href')).to.equal('/login')

    const person = await signedIn()
    const [first, second] = [product({ name: 'The first' }), product()]
    const form = await person.get('/products/new')
    const { location } = await person.submit(form, '/products', first)
    const code = await inLanguage('es', person, await person.post('/products', { ...second, code: first.code }))
    expect(problemsOn(code).code).to.equal('Otro producto tiene este código: The first Añadirle existencias')
    expect(code.$('#code-problem a').attr('href')).to.equal(location?.replace('?added', ''))

    const reused = await inLanguage('es', person, await person.submit(form, '/products', second))
    expect(reused.$('[role=alert]').text()).to.contain('ya se envió con otros datos')
    expect(valuesOn(reused, '/products')).to.include(second)
    expect(await databases.products('products').where({ code: second.code })).to.have.length(0)
  })

  it('keeps a form that was refused because the session had ended, before and after signing in', async () => {
    const account = registration()
    const person = new Person()
    await person.post('/register', account)
    const form = await person.get('/products/new')
    await person.at(person.address).post('/logout', {})
    const draft = product({ description: 'One line\nand & "another"' })
    const lines = draft.description.replace('\n', '\r\n')

    const refused = await inLanguage('es', person, await person.submit(form, '/products', draft))
    expect(refused.$('[role=status]').text()).to.contain('lo que escribió no se ha perdido')
    const resumed = await inLanguage('en', person, await person.submit(refused, '/login', account))
    expect(resumed.$('[role=status]').text()).to.contain('not been saved yet')
    expect(valuesOn(resumed, '/products')).to.include({ ...draft, description: lines })
    expect(await databases.products('products').where({ code: draft.code })).to.have.length(0)
    expect((await person.submit(resumed, '/products', {})).status).to.equal(303)
  })

  it('shows strangers no form of people who are signed in, and keeps it for after signing in', async () => {
    const account = registration()
    const person = new Person()
    await person.post('/register', account)
    const draft = product()
    const refused = await person.post('/products', { ...draft, units: 'x' })
    await person.at(person.address).post('/logout', {})

    const asked = await inLanguage('es', person, refused)
    expect(asked.status).to.equal(401)
    expect(asked.$('form[action="/products"]')).to.have.length(0)
    const resumed = await person.submit(asked, '/login', account)
    expect(valuesOn(resumed, '/products')).to.include({ ...draft, units: 'x' })
  })

  const shown = { action: '/register', problems: {} }
  for (const again of [
    '',
    '{',
    'null',
    '[]',
    JSON.stringify({ ...shown, action: '/logout' }),
    JSON.stringify({ ...shown, action: '__proto__' }),
    JSON.stringify({ ...shown, action: 'constructor' }),
    JSON.stringify({ ...shown, notice: 'problem.nothing' }),
    JSON.stringify({ ...shown, hint: '$t(nav.main)' }),
    JSON.stringify({ ...shown, problems: { nobody: { message: 'problem.missing' } } }),
    JSON.stringify({ ...shown, problems: { email: { message: 'constructor' } } }),
    JSON.stringify({ ...shown, problems: { email: { message: 'problem.long', values: { lng: 1 } } } }),
  ]) {
    it(`shows nothing that no page carries: ${again}`, async () => {
      const { status, location } = await new Person().post('/language', { lang: 'es', again, next: '/login' })
      expect([status, location]).to.deep.equal([303, '/login'])
    })
  }
})

/** Presses a language's button on a page that answered a form. Without scripts, too, the browser sends the form's fields along. */
function inLanguage(lang: string, person: Person, { $ }: Answer, typed: Record<string, string> = {}) {
  const button = $(`button[name=lang][value=${lang}]`)
  expect([button.attr('form'), button.attr('formaction')]).to.deep.equal(['form', '/language'])
  const fields = $('#form, [form=form]')
    .serializeArray()
    .map(({ name, value }) => [name, value])
  return person.post('/language', { ...Object.fromEntries(fields), ...typed, lang })
}
