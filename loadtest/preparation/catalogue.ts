import { cookieOf, type Person } from './people.js'
import type { Say } from './progress.js'
import { addThroughApplication } from './seed.js'

/** What journeys may ask for: addresses of later pages and of products, and words that products have. */
export interface Catalogue {
  pages: string[]
  products: string[]
  words: string[]
}

export const unknownCatalogue: Catalogue = { pages: [], products: [], words: [] }

/** How deep people leaf, in pages, and how few products make a catalogue that is worth it. */
const depth = 10
const fewest = 40

/** Leafs through the catalogue as a person would, after adding products where there are hardly any. */
export async function readCatalogue(baseUrl: string, person: Person, say: Say): Promise<Catalogue> {
  const found = await leaf(baseUrl, person)
  if (found.products.length >= fewest) return found
  await addThroughApplication(baseUrl, person, fewest - found.products.length, say)
  return leaf(baseUrl, person)
}

async function leaf(baseUrl: string, person: Person): Promise<Catalogue> {
  const pages: string[] = []
  const products = new Set<string>()
  const words = new Set<string>()
  let address: string | undefined = '/products'
  while (address && pages.length < depth) {
    const html: string = await read(baseUrl + address, person)
    for (const [, path = '', name = ''] of html.matchAll(/<a href="(\/products\/\d+)"[^>]*>([^<]+)/g)) {
      products.add(path)
      for (const word of name.match(/\p{L}{4,}/gu) ?? []) words.add(word)
    }
    address = /<a [^>]*rel="next"[^>]*href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
    if (address) pages.push(address)
  }
  return { pages, products: [...products], words: [...words] }
}

async function read(address: string, person: Person): Promise<string> {
  const response = await fetch(address, {
    redirect: 'manual',
    headers: { Cookie: cookieOf(person), 'Accept-Language': 'en' },
  })
  const html = await response.text()
  if (response.status !== 200) throw new Error(`${address} was answered with ${response.status}.`)
  return html
}
