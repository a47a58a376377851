import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { load } from 'cheerio'
import type { Answer } from './person.js'
import { stack } from './system.js'

/** A page in the product's look, from a replica, with the id to ask about. */
export function expectPage(answer: Answer, status: number) {
  expect(answer.status).to.equal(status)
  expect(answer.servedBy).to.match(/^app\d$/)
  expect(answer.$('h1').text()).not.to.equal('')
  expect(answer.$('main code').text()).to.equal(answer.headers.get('x-request-id'))
  expect(answer.headers.get('content-security-policy')).to.contain("default-src 'self'")
}

/** A self-contained page in both languages, from nginx itself. */
export function expectNginxPage({ status, servedBy, headers, $, html }: Answer, expected: number) {
  expect([status, servedBy]).to.deep.equal([expected, 'nginx'])
  expect(
    $('section')
      .map((_, each) => $(each).attr('lang'))
      .get(),
  ).to.deep.equal(['es', 'en'])
  const id = headers.get('x-request-id')
  expect(
    $('code')
      .map((_, each) => $(each).text())
      .get(),
  ).to.deep.equal([id, id])
  expect($('link, script, img')).to.have.length(0)
  expect(html).to.contain('<style>')
  expect(headers.get('content-security-policy')).to.contain("style-src 'sha256-")
  expect(headers.get('x-content-type-options')).to.equal('nosniff')
}

/** Sends bytes as they are, which fetch would not. */
export async function raw(request: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(stack.url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(request)
  return text(socket)
}

/** An answer that came as bytes. */
export function parsed(answer: string): Answer {
  const end = answer.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = answer.slice(0, end).split('\r\n')
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string]))
  const html = answer.slice(end)
  const [location, servedBy] = [headers.get('location'), headers.get('x-served-by')]
  return { status: Number(statusLine.split(' ')[1]), headers, location, servedBy, html, $: load(html) }
}
