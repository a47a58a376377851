import { expect } from 'chai'
import { type LoneReplica, startReplica } from '../../lone-replica.js'

describe('other sites’ scripts', () => {
  let replica: LoneReplica
  before(async () => {
    replica = await startReplica({ CORS_ORIGINS: 'https://shop.example' })
  })
  after(() => replica.stop())

  it('use the API where their origin is in the setting, and nowhere else', async () => {
    expect(await allowed('https://shop.example')).to.deep.equal(['https://shop.example', null])
    expect(await allowed('https://evil.example')).to.deep.equal([null, null])
    expect(await allowed('null')).to.deep.equal([null, null])
  })

  it('are told before what they may send', async () => {
    const answer = await fetch(`${replica.address}/api/v1/products`, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'PATCH' },
    })
    expect(answer.status).to.equal(204)
    expect(answer.headers.get('access-control-allow-methods')).to.contain('PATCH')
    expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).to.contain('if-match')
  })

  it('read the pages nowhere', async () => {
    const answer = await fetch(`${replica.address}/login`, { headers: { origin: 'https://shop.example' } })
    expect(answer.headers.get('access-control-allow-origin')).to.equal(null)
  })

  async function allowed(origin: string) {
    const { headers } = await fetch(`${replica.address}/api/v1/openapi.json`, { headers: { origin } })
    return [headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')]
  }
})
