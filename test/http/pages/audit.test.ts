import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import { actions } from '../../../app/audit/entry.js'
import { textsOf } from '../../../app/i18n/texts.js'
import { administrating, insertRole, type Member, member } from '../../people.js'
import { type Answer, product, unique } from '../../person.js'
import { databases } from '../../system.js'

describe('the page of the audit', () => {
  let boss: Member
  before(async () => {
    boss = await administrating()
  })

  /** What the rows of a page say was done, and with what. */
  const rowsOf = ({ $ }: Answer) =>
    $('.audit tbody th')
      .map((_, each) => $(each).text().trim())
      .get()

  /** Rows of an own actor in both audits in turn, a second apart, from the first to the last. */
  async function insertRows(actor: string, number: number, from = 0): Promise<string[]> {
    const names = Array.from({ length: number }, (_, index) => `${actor} ${String(from + index).padStart(4, '0')}`)
    for (const database of ['users', 'products'] as const) {
      const rows = names.flatMap((subject, index) =>
        index % 2 === (database === 'users' ? 0 : 1) ? [row(subject, index)] : [],
      )
      if (rows.length > 0) await databases[database]('audit').insert(rows)
    }
    return names

    function row(subject: string, index: number) {
      const at = new Date(Date.UTC(2020, 0, 1, 0, 0, from + index))
      const [action, subject_kind] = ['other', 'other']
      return {
        at,
        action,
        actor_id: 1,
        actor,
        subject_kind,
        subject,
        changes: '{}',
        address: '',
        replica: '',
        request_id: '',
      }
    }
  }

  it('shows what was done in both databases, the latest first, with who did it, from what to what', async () => {
    const { person, email, id } = await member()
    const { location } = await person.post('/products', product({ name: 'Audited cable', units: '5' }))
    const path = location?.split('?')[0] as string
    await boss.person.post(`/users/${id}/role`, { role: '3', from: '2' })
    await person.post('/logout', {})
    const page = await boss.person.get(`/audit?person=${id}`)
    expect(rowsOf(page)).to.deep.equal(['Signed out', 'Product addedAudited cable', 'Created the account'])
    const { $ } = page
    expect($('title').text()).to.contain('Audit')
    const added = $('.audit tbody tr').eq(1)
    expect(added.find(`a[href="${path}"]`)).to.have.length(1)
    expect(added.find(`a[href="/users/${id}"]`).text()).to.equal(email)
    expect(added.text()).to.match(/Units\s*5/)
    const given = await boss.person.get(`/audit?kind=user&id=${id}&action=roleGiven`)
    expect(rowsOf(given)).to.deep.equal([`Role of an account changed${email}`])
    expect(given.$('.audit tbody').text()).to.match(/Role\s*editor\s*→\s*viewer/i)
  })

  it('pages on without leaving out or repeating an entry of either, while others are added', async () => {
    const actor = `${unique()}@example.org`
    const names = await insertRows(actor, 123)
    const seen: string[] = []
    for (let address: string | undefined = `/audit?who=${actor}`; address; ) {
      const page: Answer = await boss.person.get(address)
      seen.push(
        ...page
          .$('.audit tbody th span')
          .map((_, each) => page.$(each).text())
          .get(),
      )
      await insertRows(actor, 3, 1000 + seen.length)
      address = page.$('[rel=next]').attr('href')
    }
    expect(seen).to.deep.equal(names.reverse())
  })

  it('shows nothing that was added meanwhile on a later page, where a database had nothing before', async () => {
    const actor = `${unique()}@example.org`
    const row = {
      at: new Date(),
      action: 'moved',
      actor_id: 1,
      actor,
      subject_kind: 'product',
      subject: 'x',
      changes: '{}',
    }
    const rows = Array.from({ length: 51 }, () => ({ ...row, address: '', replica: '', request_id: '' }))
    await databases.products('audit').insert(rows)
    const first = await boss.person.get(`/audit?who=${actor}`)
    await databases.users('audit').insert(rows.slice(0, 1))
    const second = await boss.person.get(first.$('[rel=next]').attr('href') as string)
    expect([rowsOf(first).length, rowsOf(second).length]).to.deep.equal([50, 1])
    expect(second.$('[rel=next]')).to.have.length(0)
  })

  it('finds what a request did by the number that its answer has', async () => {
    const { person } = await member()
    const { headers } = await person.post('/products', product({ name: 'By request' }))
    const page = await boss.person.get(`/audit?request=+${headers.get('x-request-id')}`)
    expect(rowsOf(page)).to.deep.equal(['Product addedBy request'])
  })

  it('finds the days that are asked for', async () => {
    const { person, email } = await member()
    await person.post('/products', product())
    await insertRows(email, 4)
    const day = (away: number) => new Date(Date.now() + away * 86_400_000).toISOString().slice(0, 10)
    const count = async (days: string) => rowsOf(await boss.person.get(`/audit?who=${email}&${days}`)).length
    expect(await count(`from=${day(-1)}&to=${day(1)}`)).to.equal(2)
    expect(await count(`from=${day(-1)}`)).to.equal(2)
    expect(await count('')).to.equal(6)
    expect(await count(`from=${day(2)}`)).to.equal(0)
    expect(await count('to=2019-12-31')).to.equal(0)
    expect(await count('from=9999-12-31')).to.equal(6)
  })

  it('says so where there is nothing, and leaves out what it does not understand', async () => {
    const none = await boss.person.get(`/audit?who=${unique()}@example.org`)
    expect(none.$('.empty h2').text()).to.equal('Nothing like that on record')
    const anything = 'who=&action=x&kind=__proto__&id=-1&from=2020-99-01&to=x&request=%27%3B&u=x&p=1e9&person[]=1'
    const { status, $ } = await boss.person.get(`/audit?${anything}`)
    expect([status, $('.audit tbody tr').length]).to.deep.equal([200, 50])
  })

  it('is a file, too, of all that the filters leave, in which nothing computes', async () => {
    const actor = `${unique()}@example.org`
    const names = await insertRows(actor, 60)
    await databases.users('audit').insert({
      ...{ at: new Date(), action: 'profileChanged', actor_id: 1, actor, subject_kind: 'user', subject: '=1+1' },
      changes: JSON.stringify({ firstName: { from: 'Ana', to: 'Eva' } }),
      ...{ address: '192.0.2.1', replica: 'r1', request_id: 'abc' },
    })
    const page = await boss.person.get(`/audit?who=${actor}`)
    const file = await boss.person.get(page.$('a[href^="/audit.csv"]').attr('href') as string)
    expect(file.headers.get('content-disposition')).to.equal('attachment; filename="audit.csv"')
    const [header, first, ...others] = parse(file.html, { bom: true }) as string[][]
    expect(header).to.have.length(11)
    expect(first?.slice(1)).to.deep.equal([
      ...[actor, '1', 'Changed name or language', 'user', "'=1+1", '', 'First name: Ana → Eva'],
      ...['192.0.2.1', 'r1', 'abc'],
    ])
    expect(others.map((record) => record[5])).to.deep.equal(names.reverse())
  })

  it('is linked for those who may read it, and for nobody else', async () => {
    const { person, id } = await member(
      await insertRole('products.read', 'products.write', 'users.read', 'roles.manage', 'cluster.read'),
    )
    const { location } = await boss.person.post('/products', product())
    for (const path of [
      '/users',
      `/users/${id}`,
      '/roles/3',
      location?.split('?')[0] as string,
      '/palette',
      '/status',
    ]) {
      const links = async (who: Member['person']) =>
        (await who.get(path)).$('[href^="/audit"], [data-href="/audit"]').length
      expect([path, (await links(boss.person)) > 0, await links(person)]).to.deep.equal([path, true, 0])
    }
    expect((await person.get('/audit')).status).to.equal(403)
    expect((await person.get('/audit.csv')).status).to.equal(403)
  })

  it('has words for everything that is done', () => {
    for (const locale of ['es', 'en'] as const) {
      for (const action of [...actions.users, ...actions.products]) {
        expect(textsOf(locale)(`audit.action.${action}`), action).not.to.equal('')
      }
    }
  })
})
