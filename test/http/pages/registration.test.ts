import { expect } from 'chai'
import { Person, problemsOn, registration, unique, valuesOn } from '../../person.js'
import { databases } from '../../system.js'

describe('registering', () => {
  it('makes the account and signs its owner in', async () => {
    const person = new Person()
    const form = await person.get('/register')
    const { status, location } = await person.submit(form, '/register', registration({ firstName: 'Zoë' }))
    expect([status, location]).to.deep.equal([303, '/products'])
    expect((await person.get('/products')).$('header bdi').text()).to.equal('Zoë')
  })

  it('goes on to the page that asked for it', async () => {
    const { location } = await new Person().post('/register', registration({ next: '/products/new' }))
    expect(location).to.equal('/products/new')
  })

  it('tells everything wrong at once, beside its field, and keeps what was typed but the password', async () => {
    const typed = { firstName: ' ', lastName: 'x'.repeat(101), email: 'ana@', password: 'short' }
    const answer = await new Person().post('/register', typed)
    expect(answer.status).to.equal(422)
    expect(problemsOn(answer)).to.deep.equal({
      firstName: 'Enter your first name.',
      lastName: 'Shorten your last name to 100 characters or fewer.',
      email: 'Enter a complete e-mail address, such as ana@example.org.',
      password: 'Choose a longer password: at least 10 characters.',
    })
    expect(valuesOn(answer, '/register')).to.deep.include({ lastName: typed.lastName, email: 'ana@', password: '' })
    expect(answer.$('[role=alert] li')).to.have.length(4)
    expect(answer.$('title').text()).to.match(/^Error: /)
  })

  it('tells it in Spanish', async () => {
    const answer = await new Person(undefined, { 'accept-language': 'es' }).post('/register', {})
    expect(problemsOn(answer)).to.include({
      email: 'Escriba el correo electrónico.',
      password: 'Escriba la contraseña.',
    })
  })

  it('counts characters as people do, and keeps every one of them', async () => {
    const firstName = '🍎'.repeat(100)
    const person = new Person()
    const { status } = await person.post('/register', registration({ firstName, lastName: 'مريم بنت‎' }))
    expect(status).to.equal(303)
    expect((await person.get('/products')).$('header bdi').text()).to.equal(firstName)
  })

  it('refuses one of the commonest passwords', async () => {
    const answer = await new Person().post('/register', registration({ password: 'Qwertyuiop' }))
    expect(answer.status).to.equal(422)
    expect(problemsOn(answer).password).to.contain('most used')
  })

  for (const [password, why] of [
    ['ÑÑÑÑÑÑÑÑÑÑ', 'repeats a few characters'],
    ['121212121212', 'repeats a few characters'],
    ['Bodega2026!', 'little more than your name'],
    ['garcia.ANA.99', 'little more than your name'],
    ['Marketing-19', 'little more than your name'],
  ]) {
    it(`refuses ${password}, which somebody would try soon`, async () => {
      const fields = registration({ password: password as string, email: `${unique()}@marketing.example` })
      expect(problemsOn(await new Person().post('/register', fields)).password).to.contain(why)
    })
  }

  it('takes passwords of 256 characters of any kind, and no more', async () => {
    const password = '\0🔑 ñ'.repeat(64)
    const account = registration({ password })
    expect((await new Person().post('/register', account)).status).to.equal(303)
    expect((await new Person().post('/login', account)).status).to.equal(303)
    const longer = await new Person().post('/register', registration({ password: `${password}x` }))
    expect(problemsOn(longer)).to.deep.equal({ password: 'Choose a shorter password: 256 characters at most.' })
  })

  it('reads a password to its end, past the 72 bytes that bcrypt reads', async () => {
    const account = registration({ password: `${'a'.repeat(72)}1` })
    await new Person().post('/register', account)
    const { status } = await new Person().post('/login', { ...account, password: `${'a'.repeat(72)}2` })
    expect(status).to.equal(401)
  })

  it('refuses an address that has an account, whatever its case, with a way to sign in', async () => {
    const name = unique()
    await new Person().post('/register', registration({ email: `ana.${name}@example.org` }))
    const again = registration({ email: `ANA.${name}@Example.org`, password: 'another long phrase' })
    const answer = await new Person().post('/register', again)
    expect(answer.status).to.equal(409)
    expect(problemsOn(answer).email).to.contain('There is already an account with this e-mail address.')
    expect(answer.$('#email-problem a').attr('href')).to.equal('/login')
    expect(valuesOn(answer, '/register')).to.include({ email: again.email, password: '' })
  })

  it('just signs in when it is sent again with the same password', async () => {
    const account = registration()
    await new Person().post('/register', account)
    const person = new Person()
    expect((await person.post('/register', account)).status).to.equal(303)
    expect((await person.get('/products')).status).to.equal(200)
  })

  it('makes one account and one session when one request arrives twice', async () => {
    const account = registration()
    const key = { 'idempotency-key': unique() }
    const people = [new Person(), new Person()]
    const answers = await Promise.all(people.map((person) => person.post('/register', account, key)))
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303])
    expect(people[0]?.cookie('session')).to.equal(people[1]?.cookie('session'))
    const users = await databases.users('users').where({ email: account.email })
    const sessions = await databases.users('sessions').whereIn(
      'user_id',
      users.map(({ id }) => id),
    )
    expect([users.length, sessions.length]).to.deep.equal([1, 1])
  })

  it('stores no password and no session id as it is', async () => {
    const account = registration()
    const person = new Person()
    await person.post('/register', account)
    const user = await databases.users('users').where({ email: account.email }).first()
    expect(user.password_hash).to.match(/^\$2b\$12\$/)
    const session = await databases.users('sessions').where({ user_id: user.id }).first()
    expect(session.id_hash.toString('base64url')).not.to.equal(person.cookie('session'))
    expect(Buffer.from(person.cookie('session') as string, 'base64url')).to.have.length(32)
  })
})
