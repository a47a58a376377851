import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium, screens } from './chromium.js'
import { peoplePages } from './people.js'

/**
 * `npm run pictures -- [FOLDER] [ADDRESS]`: takes a picture of every page of a running Bodega, on a phone and a desktop,
 * light and dark, in both languages. It makes an account, of an administrator, and a few products.
 */
const [folder = 'pictures', address = 'http://localhost:8080'] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const samples = [
  {
    name: 'Cable HDMI de 2 m',
    code: 'CAB-HDMI-2',
    description: 'Alta velocidad, con conectores dorados.\nPara monitores y proyectores de las salas de reuniones.',
    units: '48',
    category: 'Cables',
  },
  {
    name: 'Silla de oficina ergonómica',
    code: 'SIL-01',
    description: 'Respaldo de malla.',
    units: '12',
    category: 'Muebles',
  },
  { name: 'كابل شبكة 🍎', code: 'NET-5', description: 'كابل شبكة بطول خمسة أمتار', units: '1250', category: 'Cables' },
  {
    name: 'Estantería metálica para cargas pesadas con cinco baldas regulables y tornillería incluida',
    code: 'EST_METAL.5-BALDAS-REGULABLE-200x100x50-GALV',
    description: 'Hasta 250 kg por balda. '.repeat(12),
    units: '2000000000',
    category: 'Almacenaje',
  },
]

const browser = await launchChromium()
for (const locale of ['es', 'en']) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [screen, viewport] of Object.entries(screens)) {
      const name = [locale, colorScheme, screen].join('-')
      await walk(name, { locale, colorScheme, viewport, baseURL: address })
    }
  }
}
await browser.close()

async function walk(name: string, options: BrowserContextOptions) {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const take = async (step: string) => {
    await page.screenshot({ path: join(folder, `${step}-${name}.png`), fullPage: true })
  }
  const unique = Date.now().toString(36)
  const password = 'a long enough phrase'
  const email = `ana.${name}.${unique}@example.org`

  await page.goto('/')
  await take('welcome')
  await page.goto('/register')
  await take('register')
  await submit(page, { firstName: '', lastName: 'García', email: 'ana@', password: 'short' })
  await take('register-problems')
  await page.goto('/login?next=/products')
  await submit(page, { email: 'ana@example.org', password: 'wrong password' })
  await take('login-wrong')
  await page.goto('/register')
  await submit(page, {
    firstName: 'Ana',
    lastName: 'García',
    email,
    password,
  })
  await page.waitForURL('**/products')
  await take('products')
  execFileSync(process.execPath, ['dist/stack/make-administrator.js', email])
  await page.goto('/products?q=zzzz')
  await take('products-no-match')
  for (const [index, product] of samples.entries()) {
    await page.goto('/products/new')
    await submit(page, { ...product, code: `${product.code}-${unique}${index}` })
    if (index === 0) await take('product')
  }
  const path = new URL(page.url()).pathname
  await page.goto(`${path}/edit`)
  await take('edit-product')
  await page.goto(`${path}/movements`)
  await take('stock')
  for (const [kind, units, reason] of [
    ['out', '12', 'Venta'],
    ['in', '5', 'Recepción'],
    ['count', '40', 'Inventario'],
  ] as const) {
    await page.check(`[value=${kind}]`)
    await submit(page, { units, reason })
  }
  await take('stock-moved')
  await page.goto('/movements')
  await take('movements')
  await page.goto(`${path}/edit`)
  await submit(page, { minimum: '50' })
  await page.goto(path)
  await take('product-low')
  await page.click('form[action$="/archive"] button')
  await page.waitForSelector('form[action$="/restore"]')
  await take('product-archived')
  await page.goto(`${path}/movements`)
  await take('stock-archived')
  await page.goto(`${path}/delete`)
  await take('product-delete')
  await page.goto(path)
  await page.click('form[action$="/restore"] button')
  await page.waitForSelector('form[action$="/archive"]')
  await take('product-restored')
  await page.goto('/categories')
  await take('categories')
  await page.goto('/imports')
  await take('imports')
  await page.setInputFiles('#file', { name: 'tarifa agosto.csv', mimeType: 'text/csv', buffer: sheetOf(unique) })
  await submit(page, {})
  for (const step of ['new', 'changed', 'wrong']) {
    await page.waitForSelector('.verdicts')
    await page.goto(`${new URL(page.url()).pathname}?show=${step}`)
    await take(`import-${step}`)
  }
  await page.click('form[action$="/apply"] button')
  await page.waitForSelector('form[action$="/undo"]')
  await take('import-applied')
  await page.goto('/products')
  await take('products-some')
  await page.goto('/products/new')
  await take('new-product')
  await submit(page, { name: 'Cable', code: 'with spaces', units: '-3' })
  await take('new-product-problems')
  await page.goto('/labels')
  await take('labels')
  await page.goto('/scan')
  await take('scan')
  await page.goto('/shortcuts')
  await take('shortcuts')
  await page.keyboard.press('Control+k')
  await page.waitForSelector('dialog[open]')
  await take('palette')
  await page.goto('/status')
  await take('status')
  for (const path of ['profile', 'email', 'password', 'delete']) {
    await page.goto(`/account/${path}`)
    await take(`account-${path}`)
  }
  await page.goto('/account')
  await take('account')
  for await (const step of peoplePages(page, { email, password })) await take(step.replaceAll(/\W+/g, '-'))
  await page.goto('/nowhere')
  await take('error')
  await context.close()
}

/** A file with rows of each kind. */
function sheetOf(unique: string): Buffer {
  const [cable, chair] = samples.map(({ code }, index) => `${code}-${unique}${index}`)
  const lines = [
    'Código;Nombre;Descripción;Unidades;Categoría;Mínimo;Proveedor',
    `${cable};Cable HDMI de 2 m, trenzado;;60;Cables;10;Norte`,
    `${chair};;;12;Muebles y sillas;;Norte`,
    `LAM-1-${unique};Lámpara de mesa;LED, con regulador.;1.000;Iluminación;5;Sur`,
    `LAM-2-${unique};Lámpara de pie;LED, con regulador.;25;Iluminación;5;Sur`,
    `LAM 3 ${unique};Foco;LED.;doce;Iluminación;5;Sur`,
    `LAM-1-${unique};Lámpara de mesa;LED.;3;Iluminación;5;Sur`,
    `LAM-4-${unique};Plafón`,
  ]
  return Buffer.from(lines.join('\n'), 'latin1')
}

async function submit(page: Page, fields: Record<string, string>) {
  for (const [name, value] of Object.entries(fields)) await page.fill(`main [name=${name}]`, value)
  await page.click('main #form button:not([type=button])')
  await page.waitForLoadState()
}
