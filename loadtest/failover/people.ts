import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Ledger } from './ledger.js'

/** A write as it was sent, and whether it was acknowledged: what the audit holds against the databases. */
export interface Deed {
  kind: 'register' | 'sign-in' | 'sign-out' | 'add product'
  /** The address or the code that the write is found by. */
  what: string
  acknowledged: boolean
}

interface Someone {
  email: string
  cookie: string
  /** The key of a form that was opened and not yet sent. */
  formKey?: string | undefined
  /** A product of theirs, to look at. */
  product?: { path: string; code: string }
}

const password = 'a long enough phrase'

/** What stands in a list that has products in it. */
const listOfProducts = '<table class="products">'

/**
 * What of a hundred requests is what: 30 write. Few of these hash a password, because a hash takes a core for a quarter
 * of a second and the machine should be busy with pages.
 */
const mix: [share: number, act: keyof People['acts']][] = [
  [20, 'welcome'],
  [20, 'browse'],
  [5, 'search'],
  [15, 'look'],
  [10, 'openForm'],
  [29.7, 'addProduct'],
  [0.1, 'register'],
  [0.1, 'signInElsewhere'],
  [0.1, 'signOutElsewhere'],
]

/** People who use Bodega at a fixed rate, whatever becomes of their requests. */
export class People {
  readonly deeds: Deed[] = []
  /** The cookies of sessions that were ended by their owners. */
  readonly left = new Set<string>()
  readonly everyone: Someone[] = []
  signedOut = 0
  #elsewhere: Someone[] = []
  #stopped = false

  /** @param run marks all that this run writes, so that the audit finds it */
  constructor(
    readonly ledger: Ledger,
    readonly run: string,
  ) {}

  /** The first people make their accounts and add a product, one after the other. */
  async arrive(count: number): Promise<void> {
    for (let each = 0; each < count; each++) {
      await this.acts.register(Date.now())
      await this.acts.addProduct(Date.now())
    }
  }

  /** Sends requests at this rate (a second) until {@link stop}; resolves when the last has its answer. */
  async live(rate: number): Promise<void> {
    const start = Date.now()
    const pending = new Set<Promise<unknown>>()
    for (let sent = 0; !this.#stopped; ) {
      for (const now = Date.now(); start + (sent * 1000) / rate <= now; sent++) {
        const act = this.acts[this.#choose()](start + (sent * 1000) / rate)
        pending.add(act)
        act.finally(() => pending.delete(act))
      }
      await sleep(2)
    }
    await Promise.all(pending)
  }

  stop(): void {
    this.#stopped = true
  }

  /** Whoever has not left opens a page; those who are asked to sign in were signed out. */
  async countSignedOut(): Promise<number> {
    for (const someone of this.everyone) await this.#page('come back', Date.now(), '/products', someone)
    return this.signedOut
  }

  readonly acts = {
    welcome: (due: number) => this.ledger.send({ kind: 'welcome', due, method: 'GET', path: '/', expected: [200] }),
    browse: (due: number) => {
      const path = `/products?page=${1 + Math.floor(Math.random() * 3)}`
      return this.#page('browse', due, path, this.#someone(), listOfProducts)
    },
    search: (due: number) => this.#page('search', due, `/products?q=${randomBytes(1).toString('hex')}`),
    look: (due: number) => {
      const someone = this.#someone()
      const { path, code } = someone.product ?? { path: '/products', code: listOfProducts }
      return this.#page('look at a product', due, path, someone, code)
    },
    openForm: async (due: number) => {
      const someone = this.#someone()
      const { body } = await this.#page('open the form', due, '/products/new', someone)
      someone.formKey = /action="\/products"[\s\S]*?name="idempotencyKey" value="([^"]+)"/.exec(body)?.[1]
    },
    addProduct: (due: number) => this.#addProduct(due),
    register: async (due: number) => {
      const someone = { email: `${this.#name()}@example.org`, cookie: '' }
      const fields = { firstName: 'Ana', lastName: 'García', email: someone.email, password }
      const deed = this.#intend('register', someone.email)
      const answer = await this.#post('register', due, '/register', fields)
      if (!this.#isDone(deed, answer)) return
      this.everyone.push({ ...someone, cookie: cookieOf(answer) })
    },
    signInElsewhere: async (due: number) => {
      const { email } = this.#someone()
      const deed = this.#intend('sign-in', email)
      const answer = await this.#post('sign-in', due, '/login', { email, password })
      if (this.#isDone(deed, answer)) this.#elsewhere.push({ email, cookie: cookieOf(answer) })
    },
    signOutElsewhere: async (due: number) => {
      const someone = this.#elsewhere.pop()
      if (!someone) return this.acts.welcome(due)
      const deed = this.#intend('sign-out', someone.email)
      this.#isDone(deed, await this.#post('sign-out', due, '/logout', {}, someone.cookie))
    },
  }

  async #addProduct(due: number) {
    const someone = this.#someone()
    const code = this.#name()
    const formKey = someone.formKey
    someone.formKey = undefined
    const fields = {
      name: `Producto ${code.slice(-6)}`,
      code,
      description: 'Añadido mientras caen servidores. 🧯',
      units: '7',
      category: `Categoría ${Math.floor(Math.random() * 20)}`,
      ...(formKey && { idempotencyKey: formKey }),
    }
    const deed = this.#intend('add product', code)
    const answer = await this.#post('add a product', due, '/products', fields, someone.cookie)
    if (answer.status === 401) this.signedOut++
    if (this.#isDone(deed, answer)) {
      someone.product = { path: String(answer.headers.location).replace('?added', ''), code }
    }
  }

  async #page(kind: string, due: number, path: string, someone = this.#someone(), contains?: string) {
    const answer = await this.ledger.send({
      kind,
      due,
      method: 'GET',
      path,
      headers: { cookie: someone.cookie },
      expected: [200],
      contains,
    })
    if (answer.status === 303) this.signedOut++
    return answer
  }

  #post(kind: string, due: number, path: string, fields: Record<string, string>, cookie = '') {
    return this.ledger.send({ kind, due, method: 'POST', path, fields, headers: { cookie }, expected: [303] })
  }

  #intend(kind: Deed['kind'], what: string): Deed {
    const deed = { kind, what, acknowledged: false }
    this.deeds.push(deed)
    return deed
  }

  #isDone(deed: Deed, { status }: Answer): boolean {
    deed.acknowledged = status === 303
    return deed.acknowledged
  }

  #someone(): Someone {
    const someone = this.everyone[Math.floor(Math.random() * this.everyone.length)]
    if (!someone) throw new Error('nobody has an account yet')
    return someone
  }

  #choose(): keyof People['acts'] {
    let left = Math.random() * mix.reduce((sum, [share]) => sum + share, 0)
    for (const [share, act] of mix) {
      left -= share
      if (left < 0) return act
    }
    return 'welcome'
  }

  #name(): string {
    return `${this.run}-${randomBytes(6).toString('hex')}`
  }
}

function cookieOf({ headers }: Answer): string {
  return headers['set-cookie']?.find((each) => each.startsWith('session='))?.split(';')[0] ?? ''
}
