import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { labelsOn, sheets } from '../../app/products/labels/sheets.js'
import { product, unique } from '../person.js'
import { folder, stack } from '../system.js'
import { launchChromium } from './chromium.js'
import { fill, register, submit } from './forms.js'

const millimetre = 96 / 25.4

/** A picture of so many shades of grey, from black to white. */
interface Greys {
  width: number
  height: number
  greys: number[]
}

describe('the labels on paper', () => {
  let browser: Browser
  let page: Page
  before(async () => {
    browser = await launchChromium()
    page = await browser.newPage({ locale: 'en', baseURL: stack.url, deviceScaleFactor: 3 })
    await register(page)
  })
  after(() => browser.close())

  for (const [name, sheet] of Object.entries(sheets)) {
    it(`are where they are on the sheet: ${name}`, async () => {
      const ids = await add([`C-${unique()}`])
      await page.emulateMedia({ media: 'print' })
      await page.goto(`/labels?id=${ids[0]}&sheet=${name}&copies=${labelsOn(sheet) + 1}`)
      const boxes = await page.evaluate(() => {
        const [first, ...labels] = document.querySelectorAll('.sheet > div')
        const { width, height } = (first as Element).getBoundingClientRect()
        const across = new Set(
          [first, ...labels].map((each) => Math.round((each as Element).getBoundingClientRect().x)),
        )
        return { width, height, columns: across.size }
      })
      expect(boxes.width / millimetre).to.be.closeTo(sheet.width, 0.05)
      expect(boxes.height / millimetre).to.be.closeTo(sheet.height, 0.05)
      expect(boxes.columns).to.equal(sheet.columns)
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
      const pages = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, ...size]) => size.map(Number))
      const expected = name.startsWith('a4') ? [595, 842] : name.startsWith('letter') ? [612, 792] : [176, 82]
      expect(pages).to.have.length(2)
      for (const size of pages) {
        for (const side of [0, 1]) expect(size[side]).to.be.closeTo(expected[side] as number, 1)
      }
    })
  }

  it('are read back: bars and squares, short codes and long ones', async () => {
    const codes = ['A', `C-${unique()}`, '8412345678905', `aB_${'z'.repeat(45)}.-${unique()}`]
    const ids = await add(codes)
    await page.emulateMedia({ media: 'print' })
    for (const sheet of ['a4-21', 'a4-65']) {
      for (const symbol of ['code128', 'qr']) {
        await page.goto(`/labels?${ids.map((id) => `id=${id}`).join('&')}&sheet=${sheet}&symbol=${symbol}`)
        const labels = await page.locator('.label').all()
        for (const [index, label] of labels.entries()) {
          for (const drawn of await label.locator('svg').all()) {
            const picture = (await drawn.screenshot()).toString('base64')
            expect(await read(picture), `${sheet}, ${symbol}`).to.equal(codes[index])
          }
        }
      }
    }
  })

  it('are read by a camera that the browser itself reads no codes with', async () => {
    const [id] = await add([`C-${unique()}`])
    await page.emulateMedia({ media: 'print' })
    await page.goto(`/labels?id=${id}&symbol=code128`)
    const drawn = (await page.locator('.label svg').screenshot()).toString('base64')
    const video = join(folder, 'camera/label.y4m')
    mkdirSync(join(folder, 'camera'), { recursive: true })
    writeFileSync(video, y4mOf(await greysOf(drawn)))
    const seeing = await launchChromium([
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${video}`,
    ])
    try {
      const phone = await seeing.newPage({ locale: 'en', baseURL: stack.url })
      await register(phone)
      await phone.goto('/scan')
      await phone.click('#scan button')
      await phone.waitForURL(`**/products/${id}/movements`)
    } finally {
      await seeing.close()
    }
  })

  async function add(codes: string[]): Promise<number[]> {
    const ids = []
    for (const code of codes) {
      await page.goto('/products/new')
      await fill(page, product({ code }))
      await submit(page)
      await page.waitForURL(/\/products\/\d+/)
      ids.push(Number(page.url().match(/\/products\/(\d+)/)?.[1]))
    }
    return ids
  }

  /** What the product's own reader finds in a picture, which a camera shows it nearer and farther until it is read. */
  async function read(picture: string): Promise<string | undefined> {
    const reader = await readerOf(page)
    return page.evaluate(
      async ([address, data]) => {
        const { readCode } = await import(address as string)
        const image = new Image()
        image.src = `data:image/png;base64,${data}`
        await image.decode()
        for (const nearness of [1, 0.95, 0.9]) {
          const [width, height] = [image.width * nearness, image.height * nearness]
          const canvas = document.createElement('canvas')
          canvas.width = width + 80
          canvas.height = height + 80
          const context = canvas.getContext('2d') as CanvasRenderingContext2D
          context.fillStyle = '#fff'
          context.fillRect(0, 0, canvas.width, canvas.height)
          context.drawImage(image, 40, 40, width, height)
          const code = readCode(context.getImageData(0, 0, canvas.width, canvas.height))
          if (code !== undefined) return code
        }
        return undefined
      },
      [reader, picture],
    )
  }

  let reader: string | undefined

  async function readerOf(page: Page): Promise<string> {
    reader ??= await page.evaluate(async () => {
      const html = await (await fetch('/scan')).text()
      return new DOMParser().parseFromString(html, 'text/html').querySelector<HTMLElement>('#scan')?.dataset.reader
    })
    return reader as string
  }

  /** The picture on a table of light grey, as a camera sees it. */
  function greysOf(picture: string): Promise<Greys> {
    return page.evaluate(async (data) => {
      const image = new Image()
      image.src = `data:image/png;base64,${data}`
      await image.decode()
      const canvas = document.createElement('canvas')
      canvas.width = 640
      canvas.height = 480
      const context = canvas.getContext('2d') as CanvasRenderingContext2D
      context.fillStyle = '#ddd'
      context.fillRect(0, 0, canvas.width, canvas.height)
      const height = (540 * image.height) / image.width
      context.drawImage(image, 50, (canvas.height - height) / 2, 540, height)
      const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data
      const greys = Array.from({ length: canvas.width * canvas.height }, (_, place) => pixels[place * 4] as number)
      return { width: canvas.width, height: canvas.height, greys }
    }, picture)
  }
})

/** A video of two frames, both the same, without colours. */
function y4mOf({ width, height, greys }: Greys): Buffer {
  const colours = Buffer.alloc((width * height) / 2, 128)
  const frame = [Buffer.from('FRAME\n'), Buffer.from(greys), colours]
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), ...frame, ...frame])
}
