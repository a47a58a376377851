import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import ejs from 'ejs'
import { build } from 'esbuild'
import { locales } from '../app/i18n/locales.js'
import { textsOf } from '../app/i18n/texts.js'
import { build as own, root } from '../app/root.js'

/**
 * Makes what NGINX serves by itself: public, the assets under names made from their contents, which browsers
 * may keep for a year, and errors, the pages for when no replica answers.
 */
const views = fileURLToPath(new URL('views', root))
const source = join(views, 'public')
const publicFolder = fileURLToPath(new URL('public', own))
const errorFolder = fileURLToPath(new URL('errors', own))

await buildAssets()
await buildErrorPages()

async function buildAssets() {
  rmSync(publicFolder, { recursive: true, force: true })
  const { metafile, outputFiles } = await build({
    absWorkingDir: fileURLToPath(root),
    entryPoints: [
      ...['app.css', 'app.js', 'status.css', 'status.js', 'icon.svg', 'icons.svg', 'touch-icon.png'],
      ...['labels.css', 'labels.js', 'scan.css', 'scan.js', 'read-codes.js', 'palette.js', 'design.css'],
    ].map((name) => join(source, name)),
    outdir: publicFolder,
    entryNames: '[name].[hash]',
    assetNames: '[name].[hash]',
    loader: { '.svg': 'copy', '.png': 'copy', '.woff2': 'file' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    metafile: true,
    write: false,
  })
  const manifest: Record<string, string> = {}
  for (const [path, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
    manifest[basename(entryPoint ?? (Object.keys(inputs)[0] as string))] = basename(path)
  }
  mkdirSync(publicFolder, { recursive: true })
  for (const { path, contents } of outputFiles) {
    writeFileSync(path, contents)
    if (!/\.(png|woff2)$/.test(path)) writeFileSync(`${path}.gz`, gzipSync(contents, { level: 9 }))
  }
  writeFileSync(new URL('assets.json', own), JSON.stringify(manifest))
}

async function buildErrorPages() {
  const languages = locales.map((locale) => ({ locale, t: textsOf(locale) }))
  const {
    outputFiles: [css],
  } = await build({ entryPoints: [join(source, 'nginx-error.css')], minify: true, write: false })
  const style = css?.text.trim() ?? ''
  rmSync(errorFolder, { recursive: true, force: true })
  mkdirSync(errorFolder, { recursive: true })
  for (const status of [400, 404, 405, 408, 413, 414, 429, 431, 500, 501, 502, 503, 504]) {
    const page = await ejs.renderFile(join(views, 'nginx-error.ejs'), { status, style, languages })
    writeFileSync(join(errorFolder, `${status}.html`), page)
  }
  const hash = createHash('sha256').update(style).digest('base64')
  writeFileSync(
    join(errorFolder, 'headers.conf'),
    `add_header Content-Security-Policy "default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" always;\n`,
  )
}
