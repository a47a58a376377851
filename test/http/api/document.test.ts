import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import fc from 'fast-check'
import pLimit from 'p-limit'
import { insertRole } from '../../people.js'
import { product, registration, unique } from '../../person.js'
import { Program, type Reply, signedUp } from '../../program.js'
import { databases, replicaAddresses, stack } from '../../system.js'

type Someone = Awaited<ReturnType<typeof signedUp>>

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  schema: Schema
}

interface Described {
  parameters: Parameter[]
  requestBody?: { content: { 'application/json'?: { schema: Schema } } }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

interface Schema {
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: unknown[]
  const?: unknown
  maxLength?: number
  minimum?: number
  maximum?: number
}

interface Case {
  ids: unknown
  query: Record<string, unknown>
  headers: Record<string, string>
  body: unknown
}

/** Each costs a password's hash, of which a machine makes ten a second. */
const slow = ['/api/v1/auth/signup', '/api/v1/auth/login']

/** What no request made from the document alone does: a password, a token or a file is needed, or what was done before. */
const needsMore = /login|refresh|logout|undo|imports|^delete/

const [cases, slowCases] = [10_000, 100]

describe('the document of the API', () => {
  let administrator: Someone
  let nobody: Someone
  let user: Someone
  // biome-ignore lint/suspicious/noExplicitAny: as it comes
  let document: any
  let validatorOf: (path: string, method: string, status: number) => ValidateFunction | undefined
  before(async () => {
    // Before so many others sign up.
    administrator = await signedUp(1)
    nobody = await signedUp(await insertRole())
    user = await signedUp()
    document = (await new Program().get('/openapi.json')).json
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema(document, 'document')
    validatorOf = (path, method, status) => {
      const { content } = document.paths[path][method].responses[status]
      const [type] = Object.keys(content ?? {})
      if (!type) return undefined
      const pointer = ['paths', path, method, 'responses', String(status), 'content', type, 'schema']
      const $ref = `document#/${pointer.map((each) => encodeURIComponent(each.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
      return ajv.getSchema($ref) ?? ajv.compile({ $ref })
    }
  })

  after(() => databases.users('roles').where('name', 'like', 'Thing %').delete())

  it('is what every operation keeps to, whatever it is sent, and none fails', async function () {
    this.timeout(300_000)
    const ids = {
      products: await makeProducts(administrator.program),
      users: [user.id],
      roles: await makeRoles(),
    }
    const operations: [string, string, Described][] = Object.entries<Record<string, Described>>(document.paths).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, it]): [string, string, Described] => [path, method, it]),
    )
    const fast = operations.filter(([path]) => !slow.includes(path))
    const each = Math.ceil((cases - slowCases * slow.length) / fast.length)
    const inTurn = pLimit(24)
    const told = new Map<string, Set<number>>()
    let sent = 0
    await Promise.all(
      operations.flatMap(([path, method, described]) => {
        const kind = path.split('/')[3] as keyof typeof ids
        const arbitrary = caseOf(described, ids[kind] ?? [])
        const statuses = new Set<number>()
        told.set(`${method} ${path}`, statuses)
        return fc.sample(arbitrary, slow.includes(path) ? slowCases : each).map((it, index) =>
          inTurn(async () => {
            // Signing out ends the session, so somebody else does.
            const token = path.endsWith('/logout') ? 'none' : administrator.tokens.accessToken
            const reply = await send(new Program(addressOf(index), token), path, method, it)
            sent++
            statuses.add(reply.status)
            const about = `${method} ${path} ${JSON.stringify(it)} answered ${reply.status} ${reply.text.slice(0, 300)}`
            expect(reply.status, about).to.be.below(500)
            expect(Object.keys(described.responses), about).to.include(String(reply.status))
            const validate = validatorOf(path, method, reply.status)
            if (validate)
              expect(validate(reply.json ?? reply.text), `${about} ${JSON.stringify(validate?.errors)}`).to.equal(true)
            else expect(reply.text, about).to.equal('')
          }),
        )
      }),
    )
    expect(sent).to.be.at.least(cases)
    // Else it would have tried nothing but refusals.
    const done = [...told].filter(([, statuses]) => [...statuses].some((status) => status < 300)).map(([name]) => name)
    expect([...told.keys()].filter((name) => !done.includes(name) && !needsMore.test(name))).to.deep.equal([])
  })

  it('names each permission that an operation asks for', async () => {
    for (const [path, methods] of Object.entries<
      Record<string, Described & { description?: string; security?: unknown }>
    >(document.paths)) {
      for (const [method, { description, security, parameters }] of Object.entries(methods)) {
        if (slow.includes(path) || path.endsWith('/refresh')) continue
        const at = path.replace('{id}', '999999999').replace('/api/v1', '')
        const body = ['post', 'patch'].includes(method) ? {} : undefined
        const headers: Record<string, string> = parameters.some(({ name }) => name === 'If-Match')
          ? { 'if-match': '"1"' }
          : {}
        const stranger = await new Program().send(method.toUpperCase(), at, body, headers)
        expect(stranger.status, `${method} ${path}`).to.equal(401)
        if (path.endsWith('/logout')) continue
        const { status } = await nobody.program.send(method.toUpperCase(), at, body, headers)
        expect(security, path).to.deep.equal([{ bearer: [] }])
        expect(status === 403, `${method} ${path} answered ${status}`).to.equal(description !== undefined)
      }
    }
  })
})

function addressOf(index: number): string {
  return [stack.url, ...replicaAddresses()][index % 4] as string
}

function send(program: Program, path: string, method: string, { ids, query, headers, body }: Case): Promise<Reply> {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
  const at = path.replace('/api/v1', '').replace(/\{\w+\}/, encodeURIComponent(String(ids)))
  return program.send(method.toUpperCase(), `${at}?${search}`, body as object, headers)
}

/** What the document allows, and what it does not. */
function caseOf({ parameters, requestBody }: Described, ids: number[]): fc.Arbitrary<Case> {
  const ofQuery = parameters
    .filter((each) => each.in === 'query')
    .map(({ name, schema }) => [name, mostly(valid(schema))])
  const hasVersion = parameters.some(({ name }) => name === 'If-Match')
  const versions = fc.constantFrom('"1"', '"2"', 'W/"1"', '"x"', '*', '')
  const schema = requestBody?.content['application/json']?.schema
  const bodies = schema
    ? fc.oneof(
        { weight: 4, arbitrary: valid(schema) },
        { weight: 4, arbitrary: nearly(schema) },
        { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)) },
        { weight: 1, arbitrary: fc.string() },
      )
    : fc.constant(undefined)
  return fc.record({
    ids: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...ids, 999_999_999) },
      { weight: 1, arbitrary: fc.integer({ min: 2_000_000_000, max: 999_999_999_999_999 }) },
      { weight: 1, arbitrary: fc.string({ minLength: 1 }).filter((text) => !/^\.{1,2}$/.test(text)) },
    ),
    query: fc.record(Object.fromEntries(ofQuery), { requiredKeys: [] }) as fc.Arbitrary<Record<string, unknown>>,
    headers: hasVersion
      ? (fc.record({ 'if-match': versions }, { requiredKeys: [] }) as fc.Arbitrary<Record<string, string>>)
      : fc.constant({}),
    body: bodies,
  })
}

/** A value of a schema. */
function valid({
  type,
  properties = {},
  required = [],
  items,
  enum: choices,
  ...rules
}: Schema): fc.Arbitrary<unknown> {
  if (choices) return fc.constantFrom(...choices)
  if (rules.const !== undefined) return fc.constant(rules.const)
  if (type === 'object') {
    const fields = Object.entries(properties).map(([name, schema]) => [name, ofField(name, schema)])
    return fc.record(Object.fromEntries(fields), { requiredKeys: required as never[] })
  }
  if (type === 'array') return fc.array(valid(items ?? {}), { maxLength: 8 })
  if (type === 'integer')
    return fc.integer({ min: rules.minimum ?? 0, max: Math.min(rules.maximum ?? 1_000, 2 ** 31 - 1) })
  if (type === 'boolean') return fc.boolean()
  return fc.string({
    unit: fc.constantFrom(...'aZ9 ñé漢😀-_.%\'"<\u0301\u200b\n'),
    maxLength: Math.min(rules.maxLength ?? 50, 200),
  })
}

/** What a schema cannot say, so that some are accepted. */
function ofField(name: string, schema: Schema): fc.Arbitrary<unknown> {
  const made: Record<string, () => unknown> = {
    code: () => unique(),
    name: () => `Thing ${unique()}`,
    category: () => 'Cables',
    email: () => registration().email,
    password: () => registration().password,
    firstName: () => 'Ana',
    lastName: () => 'García',
    units: () => 5,
    minimum: () => 1,
    role: () => 3,
  }
  const one = made[name]
  return one
    ? fc.oneof({ weight: 4, arbitrary: fc.constant(0).map(one) }, { weight: 1, arbitrary: valid(schema) })
    : valid(schema)
}

/** A value with a field of anything, or without one. */
function nearly(schema: Schema): fc.Arbitrary<unknown> {
  const names = Object.keys(schema.properties ?? {})
  const worst = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: 'binary', maxLength: 3_000 }), fc.double())
  return fc.tuple(valid(schema), fc.constantFrom(...names, '__proto__', 'other'), worst).map(([value, name, other]) => {
    return Object.fromEntries([...Object.entries(value as object), [name, other]])
  })
}

function mostly(arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 3, arbitrary }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) })
}

async function makeProducts(program: Program): Promise<number[]> {
  const made = Array.from({ length: 12 }, () => program.post('/products', { ...product(), units: 500 }))
  return (await Promise.all(made)).map(({ json }) => json.id)
}

async function makeRoles(): Promise<number[]> {
  return Promise.all([insertRole(), insertRole('products.read')])
}
