import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'

/** What the sources promise of themselves. */
describe('the sources', () => {
  const files = list('app').filter((file) => file.endsWith('.ts'))
  const importsOf = (file: string) =>
    [...readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)].map(([, from]) => from)

  it('keep the domain free of HTTP', () => {
    const domain = files.filter((file) => /^app\/(users|products)\//.test(file))
    expect(domain).not.to.have.length(0)
    for (const file of domain) {
      for (const from of importsOf(file)) {
        expect(from, file).not.to.match(/^(koa|@koa|koa-.*|node:http|ejs)$|\/(middleware|pages|api)\//)
      }
    }
  })

  it('leave SQL to the stores', () => {
    for (const file of files.filter((each) => /^app\/(pages|middleware|http)\//.test(each))) {
      for (const from of importsOf(file)) {
        expect(from, file).not.to.match(/^mysql2/)
        if (!file.endsWith('session.ts')) expect(from, file).not.to.match(/^knex$/)
      }
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

function list(folder: string): string[] {
  return execFileSync('find', [folder, '-type', 'f'], { encoding: 'utf8' }).trim().split('\n')
}

function flatten(texts: object, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : flatten(value, `${prefix}${key}.`),
  )
}
