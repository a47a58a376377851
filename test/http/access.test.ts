import { expect } from 'chai'
import { type Permission, permissions } from '../../app/users/policy.js'
import { Person, product, registration, signedIn, unique } from '../person.js'
import { pagesRoutes, pathOf } from '../routes.js'
import { databases, stack } from '../system.js'

/** What each page asks for; a route that is not here fails the test. */
const asked: Record<string, Permission | 'nothing' | 'to be signed in'> = {
  'GET /': 'nothing',
  'GET /language': 'nothing',
  'POST /language': 'nothing',
  'GET /register': 'nothing',
  'POST /register': 'nothing',
  'GET /login': 'nothing',
  'POST /login': 'nothing',
  'POST /logout': 'nothing',
  'GET /confirm': 'nothing',
  'POST /confirm': 'nothing',
  'POST /confirm/email': 'nothing',
  'GET /forgotten': 'nothing',
  'POST /forgotten': 'nothing',
  'GET /reset': 'nothing',
  'POST /reset': 'nothing',
  'GET /account': 'to be signed in',
  'GET /account/profile': 'to be signed in',
  'POST /account/profile': 'to be signed in',
  'GET /account/email': 'to be signed in',
  'POST /account/email': 'to be signed in',
  'GET /account/password': 'to be signed in',
  'POST /account/password': 'to be signed in',
  'GET /account/tokens': 'to be signed in',
  'POST /account/tokens': 'to be signed in',
  'POST /account/tokens/:id/revoke': 'to be signed in',
  'GET /account/delete': 'to be signed in',
  'POST /account/delete': 'to be signed in',
  'POST /account/sessions/end': 'to be signed in',
  'POST /account/sessions/end-others': 'to be signed in',
  'GET /users': 'users.read',
  'GET /users/:id': 'users.read',
  'POST /users/:id/role': 'users.manage',
  'POST /users/:id/disable': 'users.manage',
  'POST /users/:id/enable': 'users.manage',
  'POST /users/:id/sessions/end': 'users.manage',
  'POST /users/:id/reset-link': 'users.manage',
  'GET /users/:id/delete': 'users.manage',
  'POST /users/:id/delete': 'users.manage',
  'GET /invitations': 'users.manage',
  'POST /invitations': 'users.manage',
  'POST /invitations/:id/revoke': 'users.manage',
  'GET /roles': 'roles.manage',
  'GET /roles/new': 'roles.manage',
  'POST /roles': 'roles.manage',
  'GET /roles/:id': 'roles.manage',
  'POST /roles/:id': 'roles.manage',
  'POST /roles/:id/delete': 'roles.manage',
  'GET /products': 'products.read',
  'POST /products': 'products.write',
  'GET /products/new': 'products.write',
  'GET /products/new/code': 'products.write',
  'POST /products/bulk': 'products.write',
  'GET /products/:id': 'products.read',
  'POST /products/:id': 'products.write',
  'GET /products/:id/edit': 'products.write',
  'POST /products/:id/archive': 'products.write',
  'POST /products/:id/restore': 'products.write',
  'GET /products/:id/delete': 'products.delete',
  'POST /products/:id/delete': 'products.delete',
  'GET /products/:id/movements': 'products.read',
  'POST /products/:id/movements': 'stock.move',
  'GET /categories': 'products.read',
  'POST /categories': 'products.write',
  'GET /categories/rename': 'products.write',
  'POST /categories/rename': 'products.write',
  'POST /categories/delete': 'products.write',
  'GET /movements': 'products.read',
  'POST /movements/:id/undo': 'stock.move',
  'GET /labels': 'products.read',
  'GET /scan': 'products.read',
  'GET /palette': 'products.read',
  'GET /shortcuts': 'products.read',
  'GET /audit': 'audit.read',
  'GET /audit.csv': 'audit.read',
  'GET /products.csv': 'products.read',
  'GET /movements.csv': 'products.read',
  'GET /imports': 'imports.run',
  'POST /imports': 'imports.run',
  'GET /imports/:id': 'imports.run',
  'GET /imports/:id/wrong.csv': 'imports.run',
  'POST /imports/:id/apply': 'imports.run',
  'POST /imports/:id/undo': 'imports.run',
  'POST /imports/:id/compare': 'imports.run',
  'GET /status': 'cluster.read',
  'GET /status/events': 'cluster.read',
}

/** Where a person is led on who may not see the page to which everybody is led. */
const home = 'GET /products'

describe('the permissions', () => {
  it('are asked for by every route', () => {
    expect(pagesRoutes()).to.have.members(Object.keys(asked))
  })

  it('are asked of strangers, who are led to sign in', async () => {
    for (const [route, permission] of Object.entries(asked)) {
      if (permission === 'nothing') continue
      const { status, location } = await send(new Person(), route)
      if (route.startsWith('GET')) expect([status, location?.split('?')[0]], route).to.deep.equal([303, '/login'])
      else expect(status, route).to.equal(401)
    }
  })

  for (const missing of permissions) {
    it(`keep those out who have all but one: ${missing}`, async () => {
      const { person, held } = await without(missing)
      for (const [route, permission] of Object.entries(asked)) {
        const isStream = route === 'GET /status/events'
        if (permission === 'nothing' || (isStream && permission !== missing)) continue
        const { status, location, $ } = await send(person, route)
        const isRefused = status === 403 || (route === home && location === '/account')
        const isAllowed = permission === 'to be signed in' || held.includes(permission)
        expect(isRefused, `${route} answered ${status}`).to.equal(!isAllowed)
        if (status === 403) expect($('h1').text(), route).to.equal('You do not have permission to do this')
      }
    })

    it(`are asked for when a form is shown again, too: ${missing}`, async () => {
      const { person } = await without(missing)
      for (const [route, permission] of Object.entries(asked)) {
        if (permission !== missing || !route.startsWith('POST')) continue
        const again = JSON.stringify({ action: pathOf(route), problems: {} })
        const { status } = await person.post('/language', { lang: 'en', again })
        expect(status, route).not.to.equal(200)
      }
    })
  }
})

describe('the pages', () => {
  const roles: Permission[][] = [
    [],
    ['products.read'],
    ['products.read', 'stock.move'],
    ['products.read', 'imports.run'],
    ['users.read'],
    ['users.read', 'users.manage'],
    ['roles.manage'],
    ['audit.read'],
  ]
  for (const held of roles) {
    it(`offer nothing that is not allowed, to those who have: ${held.join(', ') || 'no permission'}`, async () => {
      const editor = await signedIn()
      const paths: string[] = []
      for (const fields of [product(), product({ units: '1', minimum: '5' }), product()]) {
        const [path = ''] = (await editor.post('/products', fields)).location?.split('?') ?? []
        paths.push(path, `${path}/movements`)
      }
      await editor.post(`${paths[2]}/movements`, { kind: 'in', units: '2' })
      await editor.post(`${paths[4]}/archive`, {})
      const person = await having(held)
      const shown = [
        '/',
        '/account',
        '/shortcuts',
        '/palette',
        '/scan',
        '/products',
        '/products?archived=1',
        '/categories',
      ]
      for (const path of [
        ...shown,
        '/movements',
        '/labels',
        '/imports',
        '/users',
        '/invitations',
        '/roles',
        '/roles/3',
        '/audit',
        '/status',
        ...paths,
      ]) {
        const { status, $ } = await person.get(path)
        if (status !== 200) continue
        const links = $('a[href^="/"], [data-href]').map(
          (_, each) => `GET ${$(each).attr('href') ?? $(each).data('href')}`,
        )
        const forms = $('form[action]').map(
          (_, each) => `${$(each).attr('method')?.toUpperCase() ?? 'GET'} ${$(each).attr('action')}`,
        )
        for (const target of [...links.get(), ...forms.get()]) {
          const permission = asked[routeOf(target)] ?? expect.fail(`${path} offers ${target}`)
          const isAllowed = permission === 'nothing' || permission === 'to be signed in' || held.includes(permission)
          expect(isAllowed, `${path} offers ${target}`).to.equal(true)
        }
      }
    })
  }

  it('lead those who may not see the products to their account', async () => {
    expect((await (await having([])).get('/products')).location).to.equal('/account')
  })
})

/** What cannot be had without another permission goes with it. */
const needing: Partial<Record<Permission, Permission[]>> = {
  'products.read': ['products.write', 'products.delete', 'stock.move', 'imports.run'],
  'users.read': ['users.manage'],
}

/** Somebody who may do everything but this, and what cannot be done without it. */
async function without(missing: Permission): Promise<{ person: Person; held: Permission[] }> {
  const left = permissions.filter((each) => each !== missing)
  const held = left.filter((each) => !needing[missing]?.includes(each))
  return { person: await having(held), held }
}

/** Somebody whose role is made of this. */
async function having(held: Permission[]): Promise<Person> {
  const account = registration()
  const person = await signedIn(account)
  const [role_id] = await databases.users('roles').insert({ name: unique(), permissions: held.join(' ') })
  await databases.users('users').where({ email: account.email }).update({ role_id })
  return person
}

/** The route that a link or a form leads to. */
function routeOf(target: string): string {
  return target.replace(/[?#].*/, '').replace(/\/\d+(?=\/|$)/, '/:id')
}

/** Of what there is not, so that nothing but the permission refuses it. */
function send(person: Person, route: string) {
  const [method = '', path = ''] = [route.split(' ')[0], pathOf(route)]
  return method === 'GET' ? person.get(path) : person.at(stack.url).post(path, {})
}
