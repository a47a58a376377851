import { load } from 'cheerio'
import { open } from '../../client/step.js'
import type { Say } from '../../progress.js'
import type { Catalogue } from '../journeys.js'
import type { Person } from './people.js'
import { addThroughApplication } from './seed.js'

export const unknownCatalogue: Catalogue = { pages: [], products: [], words: [] }

/** How deep people leaf, in pages, and how few products make a catalogue that is worth it. */
const depth = 10
const fewest = 40

/** Leafs through the catalogue as a person would, after adding products where there are hardly any. */
export async function readCatalogue(person: Person, say: Say): Promise<Catalogue> {
  const found = await leaf(person)
  if (found.products.length >= fewest) return found
  await addThroughApplication(person, fewest - found.products.length, say)
  return leaf(person)
}

/** How many products there are, as the list says it. */
export async function countOnPage(person: Person): Promise<number> {
  const count = (await readPage(person, '/products'))('.count').text()
  return Number(count.replace(/\D/g, ''))
}

async function leaf(person: Person): Promise<Catalogue> {
  const pages: string[] = []
  const products = new Set<string>()
  const words = new Set<string>()
  for (let address: string | undefined = '/products'; address && pages.length < depth; ) {
    const $ = await readPage(person, address)
    for (const link of $('.products a')) {
      products.add($(link).attr('href') as string)
      for (const word of $(link)
        .text()
        .match(/\p{L}{4,}/gu) ?? [])
        words.add(word)
    }
    address = $('a[rel=next]').attr('href')
    if (address) pages.push(address)
  }
  return { pages, products: [...products], words: [...words] }
}

async function readPage(person: Person, address: string) {
  return load((await person.take(open('list', address))).text())
}
