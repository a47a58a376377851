import { randomBytes } from 'node:crypto'

/** A page that is measured. */
export interface Page {
  name: string
  method: 'GET' | 'POST'
  /** Its addresses, of which each request takes any. */
  paths: string[]
  /** Whether it is asked for with the sessions, in turn. */
  signedIn: boolean
  /** Of a form; `{n}` is a number that no other request has. */
  body: string
  status: number
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString().replace('%7Bn%7D', '{n}')

/** @param product the number of one */
export function pagesOf(product: number): Page[] {
  const draft = {
    name: 'Cable',
    code: `B-${randomBytes(4).toString('hex')}-{n}`,
    description: 'Two metres',
    units: '5',
  }
  return [
    { ...pageAt('GET /login', ['/login']), signedIn: false },
    pageAt('GET /products', ['/products']),
    pageAt(`GET /products/${product}`, [`/products/${product}`]),
    {
      name: 'POST /products',
      method: 'POST',
      paths: ['/products'],
      signedIn: true,
      body: form({ ...draft, category: 'Cables' }),
      status: 303,
    },
  ]
}

/** A page that is opened by people who have signed in. */
export function pageAt(name: string, paths: string[]): Page {
  return { name, method: 'GET', paths, signedIn: true, body: '', status: 200 }
}
