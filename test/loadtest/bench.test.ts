import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'

describe('the bench', () => {
  it('says what each page costs, beside the same answers from memory', () => {
    const options = ['--rounds', '1', '--seconds', '1', '--products', '40', '--out', '.bodega/test-bench']
    execFileSync(process.execPath, ['dist/loadtest/bench.js', ...options], { stdio: 'ignore' })
    const { costs } = JSON.parse(readFileSync('.bodega/test-bench/bench.json', 'utf8'))
    const pages = costs.map(({ page }: { page: string }) => page.replace(/\d+/, ':id'))
    expect(pages).to.deep.equal(['GET /login', 'GET /products', 'GET /products/:id', 'POST /products'])
    for (const { page, timesBare, p50, p99, cpu } of costs) {
      expect(timesBare, page).to.be.above(0)
      expect(p50, page).to.be.within(0.1, p99)
      expect(Math.min(cpu.nginx, cpu.replicas), page).to.be.above(5)
      if (page !== 'GET /login') expect(cpu.database, page).to.be.above(5)
    }
  }).timeout(120_000)
})
