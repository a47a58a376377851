import { expect } from 'chai'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { startReplica } from '../../lone-replica.js'
import { Person, registration, unique } from '../../person.js'
import { Program, signedUp } from '../../program.js'
import { databases, replicaAddresses, stack } from '../../system.js'

describe('signing in as a program', () => {
  it('gives tokens, the same ones to whoever sends it again, on any replica', async () => {
    const { account } = await signedUp()
    const key = { 'idempotency-key': unique() }
    const { email, password } = account
    const answers = []
    for (const address of replicaAddresses()) {
      answers.push(await new Program(address).post('/auth/login', { email, password }, key))
    }
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200])
    expect(new Set(answers.map(({ text }) => text)).size).to.equal(1)
    expect(answers[0]?.json.expiresIn).to.equal(600)
    expect(answers[0]?.headers.get('cache-control')).to.equal('no-store')
    expect(await sessionsOf(email)).to.have.length(2) // signing up made the other one
  })

  it('is refused with a wrong password, as the pages refuse it', async () => {
    const { account } = await signedUp()
    const wrong = await new Program().post('/auth/login', { email: account.email, password: 'another phrase' })
    expect([wrong.status, wrong.headers.get('content-type')]).to.deep.equal([401, 'application/problem+json'])
    expect(wrong.json).to.deep.include({ type: 'urn:bodega:problem:wrongCredentials', status: 401 })
    expect(wrong.json.requestId).to.equal(wrong.headers.get('x-request-id'))
    expect(wrong.headers.get('www-authenticate')).to.match(/^Bearer/)
    expect(wrong.headers.get('set-cookie')).to.equal(null)
  })

  it('counts against guessing with the pages', async () => {
    const { account } = await signedUp()
    const tries = Array.from({ length: 30 }, (_, index) =>
      new Program(replicaAddresses()[index % 3]).post('/auth/login', {
        email: account.email,
        password: `wrong ${index}`,
      }),
    )
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 401).length).to.be.within(1, 10)
    expect(statuses.filter((status) => status === 429).length).to.equal(
      30 - statuses.filter((each) => each === 401).length,
    )
  })

  it('tells what is wrong with each field, in the language asked for', async () => {
    const { status, json } = await new Program().post('/auth/signup', { email: 'x' }, { 'accept-language': 'es' })
    expect(status).to.equal(422)
    expect(json.errors.map(({ field }: { field: string }) => field)).to.have.members([
      ...['firstName', 'lastName', 'email', 'password'],
    ])
    expect(json.errors.find(({ field }: { field: string }) => field === 'email').detail).to.contain('correo')
  })
})

describe('an access token', () => {
  it('is verified by the published keys', async () => {
    const { id, tokens } = await signedUp()
    const keys = createRemoteJWKSet(new URL(`${stack.url}/.well-known/jwks.json`))
    const { payload, protectedHeader } = await jwtVerify(tokens.accessToken, keys, {
      issuer: 'bodega',
      audience: 'bodega',
    })
    expect(protectedHeader).to.include({ alg: 'EdDSA', typ: 'at+jwt' })
    expect(payload.sub).to.equal(String(id))
    expect((payload.exp as number) - (payload.iat as number)).to.equal(600)
  })

  it('says who is signed in, on every replica', async () => {
    const { id, account, program } = await signedUp()
    for (const address of replicaAddresses()) {
      const { status, json } = await program.at(address).get('/auth/whoami')
      expect(status).to.equal(200)
      expect(json).to.deep.include({ id, email: account.email, role: { id: 2, name: 'editor' } })
    }
  })

  it('is nobody’s where it is missing, garbled, of another key, too old or none of ours', async () => {
    const { tokens } = await signedUp()
    const payload = decodeJwt(tokens.accessToken)
    const header = { ...decodeProtectedHeader(tokens.accessToken), alg: 'EdDSA' }
    const { privateKey } = await generateKeyPair('EdDSA')
    const forged = await new SignJWT(payload).setProtectedHeader(header).sign(privateKey)
    const unsigned = [{ ...header, alg: 'none' }, payload].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    )
    const cookie = { cookie: `session=${payload.sid}` }
    for (const token of [
      undefined,
      'x',
      `${tokens.accessToken}x`,
      forged,
      `${unsigned.join('.')}.`,
      tokens.refreshToken,
    ]) {
      expect((await new Program(stack.url, token).get('/auth/whoami', cookie)).status, token).to.equal(401)
    }
    expect((await new Program(stack.url, 'x'.repeat(7_000)).get('/auth/whoami')).status).to.equal(401)
  })

  it('is over after ten minutes', async () => {
    const { account } = await signedUp()
    const [{ email, password }, key] = [account, { 'idempotency-key': unique() }]
    await new Program().post('/auth/login', { email, password }, key)
    await databases.users.raw('UPDATE sessions SET refreshed_at = refreshed_at - INTERVAL 611 SECOND')
    const { json } = await new Program().post('/auth/login', { email, password }, key)
    expect((await new Program(stack.url, json.accessToken).get('/auth/whoami')).status).to.equal(401)
    expect((await refresh(json.refreshToken)).status).to.equal(200)
  })

  it('is no cookie, and a cookie is no token', async () => {
    const { tokens } = await signedUp()
    const { sid } = decodeJwt(tokens.accessToken)
    const page = await fetch(`${stack.url}/products`, { redirect: 'manual', headers: { cookie: `session=${sid}` } })
    expect(page.status).to.equal(303)
  })

  it('ends with the next request, whatever ends its session or takes a permission', async () => {
    const someone = await signedUp()
    expect((await someone.program.get('/products')).status).to.equal(200)
    await databases.users('users').where({ id: someone.id }).update({ role_id: 3 })
    expect((await someone.program.post('/products', {})).status).to.equal(403)
    await databases.users('users').where({ id: someone.id }).update({ disabled_at: new Date() })
    expect((await someone.program.get('/products')).status).to.equal(401)
    const other = await signedUp()
    await databases.users('sessions').where({ user_id: other.id }).delete()
    for (const address of replicaAddresses()) {
      expect((await other.program.at(address).get('/auth/whoami')).status).to.equal(401)
    }
  })

  it('ends when its owner signs out, however often that is sent', async () => {
    const { account, program, tokens } = await signedUp()
    for (const address of replicaAddresses())
      expect((await program.at(address).post('/auth/logout')).status).to.equal(204)
    expect((await program.get('/auth/whoami')).status).to.equal(401)
    expect((await refresh(tokens.refreshToken)).status).to.equal(401)
    expect(await databases.users('audit').where({ subject: account.email, action: 'signOut' })).to.have.length(1)
  })
})

describe('a refresh token', () => {
  it('gives the next tokens, and lets the session last longer', async () => {
    const { account, tokens } = await signedUp()
    await databases.users.raw(
      'UPDATE sessions SET expires_at = expires_at - INTERVAL 1 HOUR WHERE user_id = (SELECT id FROM users WHERE email = ?)',
      [account.email],
    )
    const [before] = await sessionsOf(account.email)
    const { status, json } = await refresh(tokens.refreshToken)
    expect(status).to.equal(200)
    expect(json.refreshToken).not.to.equal(tokens.refreshToken)
    expect((await new Program(stack.url, json.accessToken).get('/auth/whoami')).status).to.equal(200)
    const [after] = await sessionsOf(account.email)
    expect(after.expires_at - before.expires_at).to.be.above(3_500_000)
  })

  it('gives the same answer within twenty seconds, also to many at once on all replicas', async () => {
    const { tokens } = await signedUp()
    const asked = Array.from({ length: 30 }, (_, index) => refresh(tokens.refreshToken, replicaAddresses()[index % 3]))
    const answers = await Promise.all(asked)
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]))
    expect(new Set(answers.map(({ text }) => text)).size).to.equal(1)
    expect((await refresh(answers[0]?.json.refreshToken)).status).to.equal(200)
    expect((await refresh(tokens.refreshToken)).status, 'two uses ago').to.equal(401)
  })

  it('used again later is a copy: the session ends, and the audit says so', async () => {
    const { account, tokens } = await signedUp()
    const { json } = await refresh(tokens.refreshToken)
    await databases.users.raw(
      'UPDATE sessions SET refreshed_at = refreshed_at - INTERVAL 21 SECOND WHERE user_id = (SELECT id FROM users WHERE email = ?)',
      [account.email],
    )
    expect((await refresh(tokens.refreshToken)).status).to.equal(401)
    expect((await refresh(json.refreshToken)).status).to.equal(401)
    expect((await new Program(stack.url, json.accessToken).get('/auth/whoami')).status).to.equal(401)
    expect(await sessionsOf(account.email)).to.have.length(0)
    const acts = await databases.users('audit').where({ subject: account.email, action: 'refreshTokenReused' })
    expect(acts.map(({ actor_id }) => actor_id)).to.deep.equal([null])
  })

  it('that nobody was given ends nothing', async () => {
    const { account, tokens } = await signedUp()
    const [id, generation, proof] = tokens.refreshToken.split('.') as [string, string, string]
    const other = (await signedUp()).tokens.refreshToken.split('.')[2]
    for (const made of [
      `${id}.2.${proof}`,
      `${id}.${generation}.${other}`,
      `${id}.${generation}`,
      'x',
      'x'.repeat(200),
    ]) {
      expect((await refresh(made)).status, made).to.equal(401)
    }
    expect(await sessionsOf(account.email)).to.have.length(1)
    expect((await refresh(tokens.refreshToken)).status).to.equal(200)
  })

  it('is nowhere in the database', async () => {
    const { account, tokens } = await signedUp()
    const [session] = await sessionsOf(account.email)
    const proof = Buffer.from(tokens.refreshToken.split('.')[2] as string, 'base64url')
    for (const value of Object.values(session)) {
      expect(Buffer.isBuffer(value) && (value.equals(proof) || value.includes(proof))).to.equal(false)
    }
  })
})

describe('the sessions that a program lists', () => {
  it('are its owner’s, with the one that it uses', async () => {
    const { account, program } = await signedUp()
    await new Program().post(
      '/auth/login',
      { email: account.email, password: account.password },
      { 'user-agent': 'other' },
    )
    const { json } = await program.get('/active-sessions')
    expect(json.sessions.map(({ current }: { current: boolean }) => current)).to.have.members([true, false])
    expect(json.sessions.map(({ userAgent }: { userAgent: string }) => userAgent)).to.include('other')
  })

  it('are on the page of their account, too, by the names of the programs', async () => {
    const { account } = await signedUp()
    const person = new Person()
    await person.post('/login', account)
    await new Program().post('/auth/login', account, { 'user-agent': 'curl/8.5.0' })
    const { $ } = await person.get('/account')
    expect($('.sessions strong').text()).to.contain('curl')
  })
})

describe('signing up as a program', () => {
  it('is done once, and again it just signs in', async () => {
    const account = registration()
    const first = await new Program().post('/auth/signup', account)
    const second = await new Program().post('/auth/signup', account)
    expect([first.status, second.status]).to.deep.equal([201, 201])
    expect(await databases.users('users').where({ email: account.email })).to.have.length(1)
    const other = await new Program().post('/auth/signup', { ...account, password: 'quite another phrase' })
    expect(other.status).to.equal(409)
  })

  it('where mail is set up, has a link mailed, and tells nobody which addresses have an account', async () => {
    const mail = {
      MAIL_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'bodega@example.org',
      PUBLIC_URL: 'https://bodega.example',
    }
    const replica = await startReplica({ ...mail, JOBS: 'off' })
    try {
      const known = (await signedUp()).account
      for (const { password: _, ...names } of [known, registration()]) {
        const { status, json } = await new Program(replica.address).post('/auth/signup', names)
        expect([status, json]).to.deep.equal([202, {}])
        expect(await databases.users('mails').where({ recipient: names.email })).to.have.length(1)
      }
    } finally {
      await replica.stop()
      await databases.users('mails').delete()
    }
  })
})

function refresh(refreshToken: string, address = stack.url) {
  return new Program(address).post('/token/refresh', { refreshToken })
}

function sessionsOf(email: string) {
  return databases.users('sessions').join('users', 'users.id', 'sessions.user_id').where({ email }).select('sessions.*')
}
