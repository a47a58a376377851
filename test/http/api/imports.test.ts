import { expect } from 'chai'
import { waitUntil } from '../../../stack/processes.js'
import { product, unique } from '../../person.js'
import { type Program, signedUp } from '../../program.js'
import { databases, replicaAddresses, stack } from '../../system.js'

describe('files, for programs', () => {
  let program: Program
  let token: string
  before(async () => {
    const someone = await signedUp()
    program = someone.program
    token = someone.tokens.accessToken
  })

  it('are uploaded once, compared, applied and undone', async () => {
    const [code, key] = [unique(), unique()]
    const file = `name,code,units,category\nCable,${code},5,Cables`
    const answers = []
    for (const address of replicaAddresses()) answers.push(await upload(file, key, address))
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 201, 201])
    const ids = await Promise.all(answers.map(async (answer) => (await answer.json()).id))
    const [id] = ids
    expect(new Set(ids).size).to.equal(1)
    const ready = await settled(id, 'ready')
    expect(ready.counts).to.deep.equal({ new: 1, changed: 0, same: 0, wrong: 0 })
    const { comparison } = ready
    expect((await program.post(`/imports/${id}/apply`, { comparison: comparison + 1 })).status).to.equal(409)
    expect((await program.post(`/imports/${id}/apply`, { comparison })).status).to.equal(202)
    await settled(id, 'applied')
    expect(await databases.products('products').where({ code })).to.have.length(1)
    expect((await program.post(`/imports/${id}/undo`, { comparison })).status).to.equal(202)
    await settled(id, 'undone')
    expect((await program.get('/imports')).json.imports[0].id).to.equal(id)
  })

  it('are refused where there is none, or no form', async () => {
    const empty = await upload('', unique())
    expect([empty.status, (await empty.json()).errors[0].field]).to.deep.equal([422, 'file'])
    expect((await program.send('POST', '/imports', {})).status).to.equal(415)
  })

  it('come out as on the pages', async () => {
    const { code } = (await program.post('/products', { ...product(), units: 5 })).json
    const { status, text, headers } = await program.get('/products.csv')
    expect([status, headers.get('content-type')]).to.deep.equal([200, 'text/csv; charset=utf-8'])
    expect(text).to.contain(code)
    expect((await program.get('/movements.csv')).status).to.equal(200)
  })

  function upload(contents: string, key: string, address = stack.url) {
    const body = new FormData()
    body.set('file', new Blob([contents]), 'products.csv')
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': key, 'accept-language': 'en' }
    return fetch(`${address}/api/v1/imports`, { method: 'POST', headers, body })
  }

  async function settled(id: number, state: string) {
    const read = async () => (await program.get(`/imports/${id}`)).json
    await waitUntil(`it is not ${state}`, 20, async () => (await read()).state === state)
    return read()
  }
})
