import { randomBytes } from 'node:crypto'

/** A page that is measured. */
export interface Page {
  name: string
  method: 'GET' | 'POST'
  path: string
  /** Whether it is asked for with the sessions, in turn. */
  signedIn: boolean
  /** Of a form; `{n}` is a number that no other request has. */
  body: string
  status: number
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString().replace('%7Bn%7D', '{n}')

/** @param product the number of one */
export function pagesOf(product: number): Page[] {
  const page = (path: string, signedIn: boolean): Page => {
    return { name: `GET ${path}`, method: 'GET', path, signedIn, body: '', status: 200 }
  }
  const draft = {
    name: 'Cable',
    code: `B-${randomBytes(4).toString('hex')}-{n}`,
    description: 'Two metres',
    units: '5',
  }
  return [
    page('/login', false),
    page('/products', true),
    page(`/products/${product}`, true),
    {
      name: 'POST /products',
      method: 'POST',
      path: '/products',
      signedIn: true,
      body: form({ ...draft, category: 'Cables' }),
      status: 303,
    },
  ]
}
