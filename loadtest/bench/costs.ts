import { readFileSync } from 'node:fs'
import { changeOf, shownChange } from '../load/results/comparison.js'
import type { Table } from '../report/report.js'
import { type Load, type Measurement, measureInTurn } from './measure.js'
import { profilePages } from './profile.js'
import { type Systems, startSystems } from './systems.js'

interface Options extends Load {
  products: number
  grep: RegExp
  compare?: string | undefined
  profile: boolean
}

interface PageCost extends Measurement {
  page: string
  timesBare: number
}

/** What each page costs, beside a server that only repeats Bodega's answers. */
export async function measureCosts({ compare, profile, ...options }: Options) {
  const earlier: PageCost[] | undefined = compare && JSON.parse(readFileSync(compare, 'utf8')).costs
  const systems = await startSystems(options)
  try {
    const costs = await measurePages(systems, options)
    const tables = [tableOf(costs, earlier), ...(profile ? await profilePages(systems, options) : [])]
    return { file: 'bench.json', figures: { costs }, tables }
  } finally {
    await systems.stop()
  }
}

async function measurePages({ pages, bodega, bare }: Systems, load: Load): Promise<PageCost[]> {
  const costs: PageCost[] = []
  for (const page of pages) {
    const systems = [bodega, bare].map((system) => ({ system, page }))
    const [own, most] = (await measureInTurn(systems, load)) as [Measurement, Measurement]
    costs.push({ page: page.name, ...own, timesBare: own.rate / most.rate })
  }
  return costs
}

function tableOf(costs: PageCost[], earlier: PageCost[] | undefined): Table {
  const before = new Map(earlier?.map((cost) => [cost.page, cost]))
  return {
    title: 'What a page costs: CPU in µs a request, times in ms',
    head: [
      'page',
      'req/s',
      '× bare',
      'p50',
      'p99',
      'nginx',
      'replicas',
      'database',
      ...(earlier ? ['× bare was'] : []),
    ],
    rows: costs.map((cost) => {
      const { page, rate, timesBare, p50, p99, cpu } = cost
      const then = before.get(page)?.timesBare
      const change = then === undefined ? '' : `${then.toFixed(3)} (${shownChange(changeOf(then, timesBare))})`
      const times = timesBare.toFixed(3)
      const numbers = [cpu.nginx, cpu.replicas, cpu.database].map(Math.round)
      return [page, Math.round(rate), times, p50, p99, ...numbers, ...(earlier ? [change] : [])]
    }),
  }
}
