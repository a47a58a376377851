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
export async function readCatalogue(person: Person, say: Say, list = '/products'): Promise<Catalogue> {
  const found = await leaf(person, list)
  if (found.products.length >= fewest) return found
  await addThroughApplication(person, fewest - found.products.length, say)
  return leaf(person, list)
}

/** How many products there are, or are found, as the list at this address says it. */
export async function countOnPage(person: Person, address = '/products'): Promise<number> {
  const $ = await readPage(person, address)
  const [count] = $('.count')
    .text()
    .match(/\d[\d,]*/) ?? ['0']
  return Number(count.replaceAll(',', ''))
}

/** The address of a list's last page. */
export async function findLastPage(person: Person, list = '/products'): Promise<string> {
  const $ = await readPage(person, list)
  return $('a[rel=last]').attr('href') ?? list
}

async function leaf(person: Person, list: string): Promise<Catalogue> {
  const found: Catalogue = { pages: [], products: [], words: [] }
  for (let address: string | undefined = list; address && found.pages.length < depth; ) {
    const $ = await readPage(person, address)
    const links = $('.products tbody a').get()
    found.products.push(...links.map((link) => $(link).attr('href') as string))
    found.words.push(
      ...links.flatMap(
        (link) =>
          $(link)
            .text()
            .match(/\p{L}{4,}/gu) ?? [],
      ),
    )
    address = $('a[rel=next]').attr('href')
    if (address) found.pages.push(address)
  }
  return found
}

async function readPage(person: Person, address: string) {
  return load((await person.take(open('list', address))).text())
}
