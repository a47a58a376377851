import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'

/** What the sources promise of themselves. */
describe('the sources', () => {
  const files = list('app').filter((file) => file.endsWith('.ts'))
  // By a statement, by a call, or as a worker.
  const importsOf = (file: string) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom |\bimport |\bimport\(|new URL\()'([^']+)'/g)].map(
      ([, from]) => from,
    )

  const graph = new Map(files.map((file) => [file, importsOf(file).map((from) => resolveImport(file, from as string))]))

  it('import one way, types included', () => {
    for (const [file, imports] of graph) {
      const folder = folderOf(file)
      const allowed = mayImport[folder] ?? expect.fail(`nothing is said of ${folder}`)
      for (const from of imports.filter((each) => each.startsWith('app/'))) {
        expect([folder, ...allowed, ...everybodys], `${file} imports ${from}`).to.include(folderOf(from))
      }
    }
  })

  it('import in no circle, types included', () => {
    for (const file of graph.keys()) expect(wayBack(graph, file), 'a circle').to.equal(undefined)
  })

  it('know Koa in app/http and app/app.ts only', () => {
    for (const [file, imports] of graph) {
      if (folderOf(file) === 'http' || file === 'app/app.ts') continue
      for (const from of imports) expect(from, file).not.to.match(/^(koa|@koa|koa-.*|ejs)(\/|$)/)
    }
  })

  it('leave SQL to the stores', () => {
    for (const [file, imports] of graph) {
      if (folderOf(file) !== 'http') continue
      for (const from of imports)
        expect(from, file).not.to.match(
          /^(mysql2|knex)(\/|$)|^app\/(users|products|writes)\/store|^app\/database\/pool/,
        )
      expect(readFileSync(file, 'utf8'), file).not.to.match(/databases\.(users|products)|\.run\(/)
    }
  })

  it('read the environment in app/config.ts only', () => {
    const readers = files.filter((file) => /process\.env/.test(readFileSync(file, 'utf8')))
    expect(readers).to.deep.equal(['app/server.ts'])
    expect(readFileSync('app/server.ts', 'utf8').match(/process\.env/g)).to.deep.equal(['process.env'])
  })

  it('say everything in both languages', () => {
    const keysOf = (locale: string) => flatten(JSON.parse(readFileSync(`locales/${locale}.json`, 'utf8')))
    const plural = /_(one|many|other)$/
    const es = new Set(keysOf('es').map((key) => key.replace(plural, '')))
    const en = new Set(keysOf('en').map((key) => key.replace(plural, '')))
    expect([...es]).to.have.members([...en])
    const used = [...list('views'), ...files].flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/(?:\bt\(|message: |error: |textKey: |hint: |notice: )'([\w]+\.[\w.]+)'/g),
    ])
    expect(used).not.to.have.length(0)
    for (const [, key] of used) expect(es, key).to.include(key as string)
  })

  it('have one ejs in the tree, the one that is asked for', () => {
    const wanted = JSON.parse(readFileSync('package.json', 'utf8')).dependencies.ejs
    const found = list('node_modules').filter((file) => /(^|\/)node_modules\/ejs\/package\.json$/.test(file))
    expect(found).to.have.length(1)
    for (const file of found) {
      expect(JSON.parse(readFileSync(file, 'utf8')).version, file).to.equal(wanted)
    }
  })
})

/** What a folder or file of app/ may import from there besides itself; http is open to all but what is above it. */
const mayImport: Record<string, string[]> = {
  'replica.ts': ['bundle.ts'],
  'server.ts': ['app.ts', 'parts.ts', 'lifecycle.ts', 'config.ts', 'jobs', 'monitoring', 'writes', 'database'],
  'app.ts': ['parts.ts', 'log.ts', 'http'],
  'parts.ts': ['lifecycle.ts', 'config.ts', 'log.ts', 'http', 'audit', 'users', 'products', 'monitoring', 'database'],
  'lifecycle.ts': ['log.ts', 'monitoring', 'database'],
  'log.ts': ['stack-frames.ts'],
  'stack-frames.ts': ['bundle.ts'],
  'bundle.ts': [],
  'config.ts': [],
  'errors.ts': ['i18n'],
  'root.ts': [],
  http: [
    'audit',
    'users',
    'products',
    'monitoring',
    'writes',
    'database',
    'input',
    'i18n',
    'parts.ts',
    'lifecycle.ts',
    'log.ts',
  ],
  jobs: ['users', 'products', 'monitoring', 'writes', 'database', 'log.ts'],
  audit: ['users', 'products', 'database', 'input'],
  users: ['writes', 'database', 'input', 'i18n'],
  products: ['users', 'writes', 'database', 'input'],
  monitoring: ['database', 'config.ts', 'log.ts'],
  writes: ['database'],
  database: ['config.ts'],
  input: ['i18n'],
  i18n: [],
}
const everybodys = ['errors.ts', 'root.ts']

/** The folder of app/ in which a file is, or the file itself. */
function folderOf(file: string): string {
  return file.split('/')[1] as string
}

/** The file of this checkout that an import names, or the package. */
function resolveImport(file: string, from: string): string {
  return from.startsWith('.') ? join(dirname(file), from).replace(/\.js$/, '.ts') : from
}

/** The files on the shortest way from a file back to itself. */
function wayBack(graph: Map<string, string[]>, start: string): string | undefined {
  const ways = [[start]]
  const seen = new Set<string>()
  for (const way of ways) {
    for (const next of graph.get(way.at(-1) as string) ?? []) {
      if (next === start) return [...way, start].join(' → ')
      if (!seen.has(next)) ways.push([...way, next])
      seen.add(next)
    }
  }
  return undefined
}

function list(folder: string): string[] {
  return execFileSync('find', [folder, '-type', 'f'], { encoding: 'utf8' }).trim().split('\n')
}

function flatten(texts: object, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : flatten(value, `${prefix}${key}.`),
  )
}
