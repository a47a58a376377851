import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'

describe('the bench', () => {
  it('says what each page costs, beside the same answers from memory', () => {
    const { costs } = run('bench.json', '--products', '40')
    const pages = costs.map(({ page }: { page: string }) => page.replace(/\d+/, ':id'))
    expect(pages).to.deep.equal(['GET /login', 'GET /products', 'GET /products/:id', 'POST /products'])
    for (const { page, timesBare, p50, p95, p99, cpu } of costs) {
      expect(timesBare, page).to.be.above(0)
      expect(p50, page).to.be.within(0.1, p95)
      expect(p95, page).to.be.at.most(p99)
      expect(Math.min(cpu.nginx, cpu.replicas), page).to.be.above(5)
      if (page !== 'GET /login') expect(cpu.database, page).to.be.above(5)
    }
  }).timeout(120_000)
})

function run(file: string, ...options: string[]) {
  const short = ['--rounds', '1', '--seconds', '1', '--out', '.bodega/test-bench']
  execFileSync(process.execPath, ['dist/loadtest/bench.js', ...short, ...options], { stdio: 'ignore' })
  return JSON.parse(readFileSync(`.bodega/test-bench/${file}`, 'utf8'))
}
