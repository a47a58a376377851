import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8')

/** What axe finds wrong with a page; the page must have been opened with `bypassCSP`. */
export async function violations(page: Page) {
  await page.addScriptTag({ content: axe })
  return page.evaluate(async () => {
    const { violations: found } = await (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run()
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}

interface AxeResults {
  violations: { id: string; nodes: { html: string }[] }[]
}
