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

  it('puts the same pages side by side in catalogues of several sizes', () => {
    const { growth, fillings } = run(
      'growth.json',
      '--growth',
      '200,400',
      '--grep',
      '^product$|^search: .*code$',
      '--connections',
      '2',
    )
    expect(growth.map(({ page }: { page: string }) => page)).to.deep.equal([
      'product',
      'search: a code',
      'search: the beginning of a code',
      'search: the last part of a code',
    ])
    for (const { page, at, times } of growth) {
      const [small, large] = at
      expect(times, page).to.equal(large.p95 / small.p95)
      expect(small.p50, page).to.be.within(0.1, small.p95)
    }
    const [, code, beginning, part] = growth.map(foundAt)
    expect(code, 'a code').to.deep.equal([1, 1, 1, 1])
    for (const found of beginning) expect(found, 'the beginning of a code').to.be.within(6, 11) // some are archived
    expect(Math.min(...part), 'the last part of a code').to.be.above(0)
    for (const { products, tables } of fillings) expect(tables.products / products).to.be.above(50)
    const plot = readFileSync('.bodega/test-bench/growth.svg', 'utf8')
    expect(plot.match(/<circle/g), 'sizes, and each page at each').to.have.length(2 + 4 * 2)
    expect(productsAskedFor(400), 'different products').to.be.above(10)
  }).timeout(120_000)

  it('takes sizes that can be compared only', () => {
    for (const sizes of ['1000', '1000,600', '600,many']) {
      expect(() => run('growth.json', '--growth', sizes), sizes).to.throw('failed')
    }
  })
})

function run(file: string, ...options: string[]) {
  const short = ['--rounds', '1', '--seconds', '1', '--out', '.bodega/test-bench']
  execFileSync(process.execPath, ['dist/loadtest/bench.js', ...short, ...options], { stdio: 'ignore' })
  return JSON.parse(readFileSync(`.bodega/test-bench/${file}`, 'utf8'))
}

function foundAt({ at }: { at: { found: number[] }[] }): number[] {
  return at.flatMap(({ found }) => found)
}

function productsAskedFor(size: number): number {
  const log = readFileSync(`.bodega/bench/growth/${size}/logs/app1.log`, 'utf8')
  return new Set(log.match(/"path":"\/products\/\d+"/g)).size
}
