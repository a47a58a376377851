import { randomBytes } from 'node:crypto'
import { Browser } from '../client/browser.js'
import type { Answer, Client } from '../client/client.js'
import { openLoop } from '../client/open-loop.js'
import { open, type Step, send } from '../client/step.js'
import type { Write } from './audit.js'

interface Someone {
  email: string
  browser: Browser
  /** The key of a form that was opened and not yet sent. */
  formKey?: string | undefined
  /** A product of theirs, to look at. */
  product?: { path: string; code: string }
}

type Act = (due: number) => Promise<unknown>

const password = 'a long enough phrase'

/** What stands in a list that has products in it. */
const listOfProducts = '<table class="products">'

const keyOfForm = /action="\/products"[\s\S]*?name="idempotencyKey" value="([^"]+)"/

/** People who use Bodega at a fixed rate, whatever becomes of their requests. */
export class People {
  readonly writes: Write[] = []
  readonly #everyone: Someone[] = []
  /** Sessions that somebody has besides their first. */
  readonly #elsewhere: Someone[] = []
  #signedOut = 0
  #stopped = false

  /** @param run what all addresses and codes start with, so that the audit finds them */
  constructor(
    readonly client: Client,
    readonly run: string,
  ) {}

  /** The first people make their accounts and add a product, one after the other. */
  async arrive(count: number): Promise<void> {
    for (let each = 0; each < count; each++) {
      await this.#register(performance.now())
      await this.#addProduct(performance.now())
    }
  }

  /** Sends requests at this rate (a second) until {@link stop}; resolves when the last has its answer. */
  async work(rate: number): Promise<void> {
    await openLoop(
      rate,
      () => !this.#stopped,
      (due) => this.#choose()(due),
    )
  }

  stop(): void {
    this.#stopped = true
  }

  /** Everybody opens a page; those who are asked to sign in were signed out. */
  async countSignedOut(): Promise<number> {
    for (const someone of this.#everyone) await this.#take(open('come back', '/products'), someone, performance.now())
    return this.#signedOut
  }

  /**
   * What of a thousand requests is what: 300 write. Few of these hash a password, because a hash takes a core for a
   * quarter of a second and the machine should be busy with pages.
   */
  readonly #mix: [share: number, act: Act][] = [
    [200, (due) => this.#welcome(due)],
    [200, (due) => this.#take(open('browse', `/products?page=${1 + random(3)}`, listOfProducts), this.#someone(), due)],
    [50, (due) => this.#take(open('search', `/products?q=${randomBytes(1).toString('hex')}`), this.#someone(), due)],
    [150, (due) => this.#look(due)],
    [100, (due) => this.#openForm(due)],
    [297, (due) => this.#addProduct(due)],
    [1, (due) => this.#register(due)],
    [1, (due) => this.#signInElsewhere(due)],
    [1, (due) => this.#signOutElsewhere(due)],
  ]

  #choose(): Act {
    const place = random(1000)
    let sum = 0
    const [, act] = this.#mix.find(([share]) => {
      sum += share
      return place < sum
    }) as [number, Act]
    return act
  }

  #welcome(due: number) {
    return this.client.send({ ...open('welcome', '/'), anonymous: true }, this.#someone().browser, due)
  }

  #look(due: number) {
    const someone = this.#someone()
    const { path, code } = someone.product ?? { path: '/products', code: listOfProducts }
    return this.#take(open('look at a product', path, code), someone, due)
  }

  async #openForm(due: number) {
    const someone = this.#someone()
    const answer = await this.#take(open('open the form', '/products/new'), someone, due)
    someone.formKey = keyOfForm.exec(answer.text())?.[1]
  }

  async #addProduct(due: number) {
    const someone = this.#someone()
    const code = this.#name()
    const fields = productOf(code, someone.formKey)
    someone.formKey = undefined
    const answer = await this.#write('add product', code, send('add a product', '/products', fields), someone, due)
    if (answer.error) return
    someone.product = { path: String(answer.headers.location).replace('?added', ''), code }
  }

  async #register(due: number) {
    const someone = { email: `${this.#name()}@example.org`, browser: new Browser(this.client.baseUrl) }
    const fields = { firstName: 'Ana', lastName: 'García', email: someone.email, password }
    const answer = await this.#write('register', someone.email, send('register', '/register', fields), someone, due)
    if (!answer.error) this.#everyone.push(someone)
  }

  async #signInElsewhere(due: number) {
    const someone = { email: this.#someone().email, browser: new Browser(this.client.baseUrl) }
    const step = send('sign in', '/login', { email: someone.email, password })
    const answer = await this.#write('sign in', someone.email, step, someone, due)
    if (!answer.error) this.#elsewhere.push(someone)
  }

  async #signOutElsewhere(due: number) {
    const someone = this.#elsewhere.pop()
    if (!someone) return this.#welcome(due)
    return this.#write('sign out', someone.email, send('sign out', '/logout', {}), someone, due)
  }

  async #write(kind: Write['kind'], key: string, step: Step, someone: Someone, due: number): Promise<Answer> {
    const write = { kind, key, acknowledged: false }
    this.writes.push(write)
    const answer = await this.#take(step, someone, due)
    write.acknowledged = answer.error === undefined
    return answer
  }

  async #take(step: Step, someone: Someone, due: number): Promise<Answer> {
    const answer = await this.client.send(step, someone.browser, due)
    const toSignIn = step.method === 'GET' ? 303 : 401
    if (answer.status === toSignIn) this.#signedOut++
    return answer
  }

  #someone(): Someone {
    return this.#everyone[random(this.#everyone.length)] as Someone
  }

  #name(): string {
    return `${this.run}-${randomBytes(6).toString('hex')}`
  }
}

function productOf(code: string, idempotencyKey: string | undefined): Record<string, string> {
  return {
    name: `Producto ${code.slice(-6)}`,
    code,
    description: 'Añadido mientras caen servidores. 🧯',
    units: '7',
    category: `Categoría ${random(20)}`,
    ...(idempotencyKey && { idempotencyKey }),
  }
}

/** A whole number below `most`. */
function random(most: number): number {
  return Math.floor(Math.random() * most)
}
