import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Browser } from '../client/browser.js'
import type { Answer, Client } from '../client/client.js'
import { openLoop } from '../client/open-loop.js'
import { open, type Step, send, sendFile, sendJson } from '../client/step.js'
import { oneOf, sharedOut } from '../random.js'
import { sampleForm } from '../sample-products.js'
import type { Write } from './audit.js'

interface Someone {
  email: string
  browser: Browser
  /** The key of a form that was opened and not yet sent. */
  formKey?: string | undefined
  /** A product of theirs, to look at. */
  product?: Described | undefined
}

/** A program that is signed in as somebody. */
interface Program {
  email: string
  browser: Browser
  tokens: { accessToken: string; refreshToken: string }
}

interface Described {
  path: string
  code: string
  /** What its form holds. */
  fields: Record<string, string>
}

type Act = (due: number) => Promise<unknown>

const password = 'a long enough phrase'

/** Units of a product. */
const plenty = '1000000'

/** What stands in a list that has products in it. */
const listOfProducts = '<table class="products">'

/** Products of a file. */
const imported = 20

/** How often a page is looked at until a file is read, or applied; and how long in between, in milliseconds. */
const mostLooks = 60
const pause = 500

/** For how long a program asks for the next tokens: as long as the used one gets the same answer. */
const mostTries = 30

const comparisonOfForm = /name="comparison" value="(\d+)"/

const versionOfForm = /name="version" value="(\d+)"/

const keyOfForm = /action="\/products"[\s\S]*?name="idempotencyKey" value="([^"]+)"/

/** People who use Bodega at a fixed rate, whatever becomes of their requests. */
export class People {
  readonly writes: Write[] = []
  readonly #everyone: Someone[] = []
  /** Sessions that somebody has besides their first. */
  readonly #elsewhere: Someone[] = []
  readonly #programs: Program[] = []
  readonly #acts: Act[]
  #signedOut = 0

  /**
   * @param run what all addresses and codes start with, so that the audit finds them
   * @param withPrevious whether they leave out what the version before this one does not know
   */
  constructor(
    readonly client: Client,
    readonly run: string,
    { withPrevious }: { withPrevious?: boolean },
  ) {
    this.#acts = withPrevious
      ? this.#thousand.map((act) => (this.#newActs.has(act) ? this.#addProduct : act))
      : this.#thousand
  }

  /** The first people make their accounts and add a product, one after the other. */
  async arrive(count: number): Promise<void> {
    for (let each = 0; each < count; each++) {
      await this.#register(performance.now())
      await this.#addProduct(performance.now())
    }
  }

  /** Sends requests at this rate (a second) while something happens, and resolves to what that did. */
  async workWhile<T>(rate: number, happening: Promise<T>): Promise<T> {
    let over = false
    const stop = () => (over = true)
    happening.then(stop, stop)
    await openLoop(
      rate,
      () => !over,
      (due) => oneOf(this.#acts)(due),
    )
    return happening
  }

  /** Everybody opens a page, and every program refreshes its tokens; those who are asked to sign in were signed out. */
  async countSignedOut(): Promise<number> {
    for (const someone of this.#everyone) await this.#take(open('come back', '/products'), someone, performance.now())
    for (const program of this.#programs) await this.#take(refreshing(program), program, performance.now())
    return this.#signedOut
  }

  readonly #welcome: Act = (due) =>
    this.client.send({ ...open('welcome', '/'), anonymous: true }, this.#someone().browser, due)

  readonly #browse: Act = (due) =>
    this.#take(open('browse', `/products?page=${1 + random(3)}`, listOfProducts), this.#someone(), due)

  readonly #search: Act = (due) =>
    this.#take(open('search', `/products?q=${random(256).toString(16)}`), this.#someone(), due)

  readonly #look: Act = (due) => {
    const someone = this.#someone()
    const { path, code } = someone.product ?? { path: '/products', code: listOfProducts }
    return this.#take(open('look at a product', path, code), someone, due)
  }

  readonly #openForm: Act = async (due) => {
    const someone = this.#someone()
    const answer = await this.#take(open('open the form', '/products/new'), someone, due)
    someone.formKey = keyOfForm.exec(answer.text())?.[1]
  }

  readonly #addProduct: Act = async (due) => {
    const someone = this.#someone()
    someone.product = (await this.#add(someone, due)) ?? someone.product
  }

  /** A product that nobody knows of: one that is archived can be neither changed nor moved. */
  readonly #archiveProduct: Act = async (due) => {
    const someone = this.#someone()
    const product = await this.#add(someone, due)
    if (!product) return
    for (const act of ['archive', 'restore'] as const) {
      const step = send(`${act} a product`, `${product.path}/${act}`, {})
      const answer = await this.#write(`${act} product`, product.code, step, someone, performance.now())
      if (answer.error) return // it may happen yet
    }
    someone.product = product
  }

  readonly #deleteProduct: Act = async (due) => {
    const someone = this.#someone()
    const product = await this.#add(someone, due)
    if (!product) return
    const archive = send('archive a product', `${product.path}/archive`, {})
    if ((await this.#take(archive, someone, performance.now())).error) return
    const step = send('delete a product', `${product.path}/delete`, {})
    await this.#write('delete product', product.code, step, someone, performance.now())
  }

  /** What a file adds was acknowledged once its page says that it is applied. */
  readonly #importFile: Act = async (due) => {
    const someone = this.#someone()
    const codes = Array.from({ length: imported }, () => this.#name())
    const lines = ['name,code,description,units,category', ...codes.map((code) => `Cable,${code},Two metres,5,Cables`)]
    const file = { name: `${this.#name()}.csv`, text: lines.join('\n') }
    const answer = await this.#write(
      'upload file',
      file.name,
      sendFile('upload a file', '/imports', file),
      someone,
      due,
    )
    if (answer.error) return
    const path = String(answer.headers.location)
    const read = await this.#lookUntil(`${path}/apply`, path, someone)
    const comparison = read && comparisonOfForm.exec(read)?.[1]
    if (!comparison) return
    const writes = codes.map((key): Write => ({ kind: 'add product', key, acknowledged: false }))
    this.writes.push(...writes)
    await this.#take(send('apply a file', `${path}/apply`, { comparison }), someone, performance.now())
    const isApplied = await this.#lookUntil(`${path}/undo`, path, someone)
    for (const write of writes) write.acknowledged = isApplied !== undefined
  }

  /** @returns the page, once it has a form that is sent there */
  async #lookUntil(action: string, path: string, someone: Someone): Promise<string | undefined> {
    for (let looks = 0; looks < mostLooks; looks++) {
      const answer = await this.#take(open('look at a file', path), someone, performance.now())
      if (!answer.error && answer.text().includes(`action="${action}"`)) return answer.text()
      await sleep(pause)
    }
    return undefined
  }

  /** @returns the product, where it was saved */
  async #add(someone: Someone, due: number): Promise<Described | undefined> {
    const code = this.#name()
    const key = someone.formKey && { idempotencyKey: someone.formKey }
    someone.formKey = undefined
    const fields = { ...sampleForm(this.writes.length, code), units: plenty }
    const step = send('add a product', '/products', { ...fields, ...key })
    const answer = await this.#write('add product', code, step, someone, due)
    if (answer.error) return undefined
    return { path: String(answer.headers.location).replace('?added', ''), code, fields }
  }

  /** The product is nobody else's meanwhile: of two changes at the same time one would be refused. */
  readonly #changeProduct: Act = async (due) => {
    const someone = this.#someone()
    const { product } = someone
    if (!product) return this.#addProduct(due)
    someone.product = undefined
    const form = await this.#take(open('open a product to change it', `${product.path}/edit`), someone, due)
    const version = versionOfForm.exec(form.text())?.[1]
    if (version) {
      const { units: _, ...texts } = product.fields
      const fields = { ...texts, description: randomBytes(20).toString('hex'), version }
      const step = send('change a product', product.path, fields)
      const answer = await this.#write('change product', product.code, step, someone, performance.now())
      if (answer.error) return // it may happen yet, between the next form and its sending
    }
    someone.product = product
  }

  /** Nobody runs out of a product in the time. */
  readonly #moveUnits: Act = async (due) => {
    const someone = this.#someone()
    const { product } = someone
    if (!product) return this.#addProduct(due)
    const fields = oneOf([
      { kind: 'in', units: '1' },
      { kind: 'out', units: '1' },
      { kind: 'count', units: plenty },
    ])
    return this.#write(
      'move units',
      product.code,
      send('move units', `${product.path}/movements`, fields),
      someone,
      due,
    )
  }

  readonly #register: Act = async (due) => {
    const someone = { email: `${this.#name()}@example.org`, browser: new Browser(this.client.baseUrl) }
    const fields = { firstName: 'Ana', lastName: 'García', email: someone.email, password }
    const answer = await this.#write('register', someone.email, send('register', '/register', fields), someone, due)
    if (!answer.error) this.#everyone.push(someone)
  }

  readonly #signInElsewhere: Act = async (due) => {
    const someone = { email: this.#someone().email, browser: new Browser(this.client.baseUrl) }
    const step = send('sign in', '/login', { email: someone.email, password })
    const answer = await this.#write('sign in', someone.email, step, someone, due)
    if (!answer.error) this.#elsewhere.push(someone)
  }

  readonly #signOutElsewhere: Act = async (due) => {
    const someone = this.#elsewhere.pop()
    if (!someone) return this.#welcome(due)
    return this.#write('sign out', someone.email, send('sign out', '/logout', {}), someone, due)
  }

  readonly #signInProgram: Act = async (due) => {
    const someone = { email: this.#someone().email, browser: new Browser(this.client.baseUrl) }
    const step = sendJson('sign in as a program', '/api/v1/auth/login', { email: someone.email, password })
    const answer = await this.#write('sign in', someone.email, step, someone, due)
    if (!answer.error) this.#programs.push({ ...someone, tokens: JSON.parse(answer.text()) })
  }

  /** A program refreshes its tokens and looks at the products with the new one. It does not stop before it has an answer. */
  readonly #refreshTokens: Act = async (due) => {
    const program = this.#programs.shift()
    if (!program) return this.#signInProgram(due)
    let answer = await this.#take(refreshing(program), program, due)
    for (let tries = 1; answer.error && tries < mostTries; tries++) {
      await sleep(pause)
      answer = await this.#take(refreshing(program), program, performance.now())
    }
    if (!answer.error) program.tokens = JSON.parse(answer.text())
    this.#programs.push(program)
    const authorization = `Bearer ${program.tokens.accessToken}`
    const step = { ...open('list products as a program', '/api/v1/products'), headers: { authorization } }
    return this.#take(step, program, performance.now())
  }

  /**
   * What of a thousand requests is what: 300 write. Few of these hash a password, because a hash takes a core for a
   * quarter of a second and the machine should be busy with pages.
   */
  readonly #thousand = sharedOut<Act>([
    [190, this.#welcome],
    [190, this.#browse],
    [50, this.#search],
    [150, this.#look],
    [100, this.#openForm],
    [178, this.#addProduct],
    [10, this.#archiveProduct],
    [8, this.#deleteProduct],
    [1, this.#importFile],
    [50, this.#changeProduct],
    [50, this.#moveUnits],
    [1, this.#register],
    [1, this.#signInElsewhere],
    [1, this.#signOutElsewhere],
    [1, this.#signInProgram],
    [19, this.#refreshTokens],
  ])

  /** What the version before this one has not, or has with other fields. */
  readonly #newActs = new Set([
    this.#changeProduct,
    this.#moveUnits,
    this.#archiveProduct,
    this.#deleteProduct,
    this.#importFile,
    this.#signInProgram,
    this.#refreshTokens,
  ])

  async #write(kind: Write['kind'], key: string, step: Step, someone: Someone, due: number): Promise<Answer> {
    const write = { kind, key, acknowledged: false }
    this.writes.push(write)
    const answer = await this.#take(step, someone, due)
    write.acknowledged = answer.error === undefined
    return answer
  }

  async #take(step: Step, someone: Pick<Someone, 'browser'>, due: number): Promise<Answer> {
    const answer = await this.client.send(step, someone.browser, due)
    const toSignIn = step.method === 'GET' && !step.path.startsWith('/api/') ? 303 : 401
    if (answer.status === toSignIn) this.#signedOut++
    return answer
  }

  #someone(): Someone {
    return oneOf(this.#everyone)
  }

  #name(): string {
    return `${this.run}-${randomBytes(6).toString('hex')}`
  }
}

function refreshing({ tokens: { refreshToken } }: Program): Step {
  return sendJson('refresh tokens', '/api/v1/token/refresh', { refreshToken })
}

/** A whole number below `most`. */
function random(most: number): number {
  return Math.floor(Math.random() * most)
}
