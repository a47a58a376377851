import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type Person, unique } from './person.js'

/** Sends a file to be imported, as the form does. */
export function uploadFile(
  person: Person,
  contents: string | Buffer,
  { name = 'products.csv', key = unique(), field = 'file' } = {},
): Promise<Answer> {
  const form = new FormData()
  form.set('idempotencyKey', key)
  form.set(field, new Blob([typeof contents === 'string' ? contents : new Uint8Array(contents)]), name)
  return person.send('POST', '/imports', { body: form })
}

/** The page of an import once no replica works on it any more. */
export async function settled(person: Person, path: string, timeout = 20_000): Promise<Answer> {
  for (const end = Date.now() + timeout; Date.now() < end; await sleep(100)) {
    const page = await person.get(path)
    if (page.status !== 200) throw new Error(`${path} answered ${page.status}`)
    if (!page.headers.has('refresh')) return page
  }
  throw new Error(`${path} is still at work`)
}

/** Uploads a file. @returns its page once it was read */
export async function imported(
  person: Person,
  contents: string | Buffer,
  name?: string,
): Promise<Answer & { path: string }> {
  const { location } = await uploadFile(person, contents, name === undefined ? {} : { name })
  if (!location) throw new Error('the file was not taken')
  return { ...(await settled(person, location)), path: location }
}

/** Presses a button of an import's page. @returns the page once that was done */
export async function press(
  person: Person,
  page: Answer & { path: string },
  act: string,
): Promise<Answer & { path: string }> {
  const answer = await person.submit(page, `${page.path}/${act}`, {})
  if (answer.status !== 303) throw new Error(`${act} answered ${answer.status}`)
  return { ...(await settled(person, page.path)), path: page.path }
}

/** How many rows came to what: new, changed, the same, wrong. */
export function countsOn({ $ }: Answer): number[] {
  return $('.verdicts strong')
    .map((_, each) => Number($(each).text().replaceAll(/[.,]/g, '')))
    .get()
}

/** The cells of the rows that a page shows. */
export function rowsOn({ $ }: Answer): string[][] {
  return $('.rows tbody tr')
    .map((_, row) => [
      $(row)
        .find('th, td')
        .map((_, cell) => $(cell).text().replaceAll(/\s+/g, ' ').trim())
        .get(),
    ])
    .get()
}
