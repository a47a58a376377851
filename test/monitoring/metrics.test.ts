import { expect } from 'chai'
import { Person, signedIn } from '../person.js'
import { replicaAddresses } from '../system.js'

describe('the metrics', () => {
  const address = () => replicaAddresses()[0] as string
  const read = async () => (await new Person().at(address()).get('/metrics')).html
  /** The value of the series with these labels, in whatever order they stand. */
  const countIn = (text: string, name: string, labels: string[] = []) => {
    const line = text
      .split('\n')
      .find((each) => each.startsWith(`${name}{`) && labels.every((label) => each.includes(label)))
    return Number(line?.split(' ')[1] ?? 0)
  }

  it('are Prometheus text of requests, durations, pools, the event loop and memory', async () => {
    await new Person(address()).get('/')
    const { status, headers, html } = await new Person(address()).get('/metrics')
    expect([status, headers.get('content-type')]).to.deep.equal([200, 'text/plain; version=0.0.4; charset=utf-8'])
    for (const name of [
      'bodega_http_requests_total',
      'bodega_http_request_duration_seconds_bucket',
      'bodega_http_requests_in_flight',
      'bodega_database_connections',
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
    ]) {
      expect(html, name).to.match(new RegExp(`^${name}\\{.*replica="app1".*\\} [\\d.e+-]+$`, 'm'))
    }
  })

  it('count requests by the pattern of their address, method and status', async () => {
    const person = (await signedIn()).at(address())
    const found = (text: string) => {
      const labels = ['route="/products/:id"', 'method="GET"']
      return [
        countIn(text, 'bodega_http_requests_total', [...labels, 'status="404"']),
        countIn(text, 'bodega_http_request_duration_seconds_count', labels),
      ]
    }
    const before = await read()
    for (const id of [999_999_991, 999_999_992, 999_999_993]) await person.get(`/products/${id}`)
    const after = await read()
    expect(found(after)).to.deep.equal(found(before).map((count) => count + 3))
    expect(countIn(after, 'bodega_http_requests_in_flight')).to.equal(0)
  })

  it('have one series for all addresses that there are not', async () => {
    for (const path of ['/nothing', '/nowhere']) await new Person(address()).get(path)
    const text = await read()
    expect(text).to.match(/route="none"/)
    expect(text).not.to.match(/nothing|nowhere/)
  })

  it('count neither health checks nor readings of themselves', async () => {
    const total = (text: string) => {
      const counts = [...text.matchAll(/^bodega_http_requests_total\{.*\} (\d+)$/gm)]
      return counts.reduce((sum, [, count]) => sum + Number(count), 0)
    }
    const before = total(await read())
    for (const path of ['/livez', '/readyz', '/metrics']) await new Person(address()).get(path)
    expect(total(await read())).to.equal(before)
  })
})
