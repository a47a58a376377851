import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { load } from 'cheerio'
import { type Report, renderReport } from '../../loadtest/report/report.js'
import { renderForTerminal } from '../../loadtest/report/terminal.js'
import { launchChromium, screens } from '../browser/chromium.js'

describe('a report', () => {
  it('escapes everything that it is given', () => {
    const html = renderReport(reportOf('<script>alert(1)</script>"\'&'))
    expect(html).not.to.contain('<script')
    const $ = load(html)
    expect($('h1').text()).to.equal('<script>alert(1)</script>"\'&')
    expect($('[onload], [onerror]')).to.have.length(0)
    expect($('.wide').first().attr('aria-label')).to.contain('<script>alert(1)</script>"\'&')
  })

  it('needs nothing but itself', () => {
    const $ = load(renderReport(reportOf('Run')))
    expect($('script, link, img, iframe, [src], [href]')).to.have.length(0)
    expect($('style').text()).not.to.match(/url\((?!"?data:)|@import/)
  })

  it('tells the verdict in words, not by colour alone', () => {
    expect(load(renderReport(reportOf('Run')))('.verdict strong').text()).to.equal('✓ Passed')
    const failed = { ...reportOf('Run'), verdict: { ok: false, text: 'p99 is 9 ms' } }
    expect(load(renderReport(failed))('.verdict.bad strong').text()).to.equal('✗ Failed')
  })

  it('stands in a terminal as columns, the verdict last', () => {
    expect(renderForTerminal(reportOf('Run')).split('\n')).to.deep.equal([
      'Run',
      '',
      'Run',
      '  Run          n',
      '  Run   1,234.57',
      '',
      '· Run',
      '',
      '✓ Passed: Run',
    ])
  })

  it('shows every line of a chart with its own dashes, and its figures in a table', () => {
    const $ = load(renderReport(reportOf('Run')))
    const strokes = $('.chart .line').map((_, each) => $(each).attr('style'))
    expect(new Set(strokes.get())).to.have.length(2)
    expect(
      $('.legend li')
        .map((_, each) => $(each).text())
        .get(),
    ).to.deep.equal(['Run', 'other'])
    expect($('details tbody tr').last().text()).to.equal('350.5')
    expect($('.chart svg title').first().text()).to.contain('Run')
  })

  it('leaves a gap where a chart has no value, and keeps a value that stands alone', () => {
    const $ = load(renderReport(reportOf('Run')))
    expect($('.chart .line').first().attr('d')).to.equal('M333.33,80ZM1000,0Z')
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [screen, viewport] of Object.entries(screens)) {
      it(`gives axe nothing to find and runs over no edge: ${screen}, ${colorScheme}`, async () => {
        const browser = await launchChromium()
        const page = await browser.newPage({ colorScheme, viewport })
        await page.setContent(renderReport(reportOf('A long title that has to wrap '.repeat(4))))
        await page.click('summary')
        await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'))
        const violations = await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id }) => id))')
        const [wide, edge] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
        await browser.close()
        expect(violations).to.deep.equal([])
        expect(wide).to.be.at.most(edge as number)
      })
    }
  }

  it('numbers the events while they are few, and sums them up where they are many', () => {
    const report = reportOf('Run')
    expect(load(renderReport(report))('ol.events li').text()).to.equal('2 s: Run')
    const events = Array.from({ length: 200 }, (_, each) => ({ at: each / 100, label: `app${each % 2} killed` }))
    const $ = load(renderReport({ ...report, charts: report.charts.map((chart) => ({ ...chart, events })) }))
    expect(
      $('ul.events li')
        .map((_, each) => $(each).text())
        .get(),
    ).to.deep.equal(['100 × app0 killed', '100 × app1 killed'])
    expect($('.chart .event')).to.have.length(200)
    expect($('.chart .event').attr('d')).to.match(/V4$/)
  })
})

function reportOf(text: string): Report {
  return {
    title: text,
    verdict: { ok: true, text },
    notes: [text],
    tables: [{ title: text, head: [text, 'n'], rows: [[text, 1234.567]] }],
    charts: [
      {
        title: text,
        unit: text,
        seconds: [1, 2, 3],
        lines: [
          { label: text, values: [1, null, 5] },
          { label: 'other', values: [0, 2, 0.5] },
        ],
        events: [{ at: 2, label: text }],
      },
    ],
  }
}
