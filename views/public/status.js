import { createChart } from './status-chart.js'
import { patch } from './status-patch.js'

/** Keeps the page of the servers live. Without scripts, it says the same at each reload. */

const page = document.getElementById('status')
const charts = [...document.querySelectorAll('[data-chart]')].map(createChart)

/** A server that says nothing for so long is hung or gone, in milliseconds; another one is asked then. */
const patience = 4_000
const pause = 1_500
let stream
let watchdog

offerSpans()
connect()
// A browser has few connections to a site, so a page that nobody sees keeps none.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) disconnect()
  else if (!stream) connect()
})

/** Two minutes show what happens in a second, fifteen all that is known. */
function offerSpans() {
  const buttons = [...document.querySelectorAll('[data-span]')]
  for (const button of buttons) {
    button.parentElement.hidden = false
    button.addEventListener('click', () => {
      for (const each of buttons) each.setAttribute('aria-pressed', String(each === button))
      for (const chart of charts) chart.choose(Number(button.dataset.span))
    })
  }
}

function connect() {
  disconnect()
  stream = new EventSource('/status/events')
  stream.addEventListener('cluster', ({ data }) => {
    expectMore()
    show(JSON.parse(data))
  })
  stream.addEventListener('waiting', expectMore) // for the database, as the page says by then
  stream.addEventListener('ended', () => location.reload())
  stream.addEventListener('error', lost)
  expectMore()
}

function disconnect() {
  clearTimeout(watchdog)
  stream?.close()
  stream = undefined
}

function expectMore() {
  clearTimeout(watchdog)
  watchdog = setTimeout(() => {
    tellAway()
    connect()
  }, patience)
}

/** A stream that broke is opened again by the browser itself; one that was refused is not. */
async function lost() {
  tellAway()
  if (stream?.readyState !== EventSource.CLOSED) return
  disconnect()
  const answer = await fetch('/status', { redirect: 'manual' }).catch(() => undefined)
  // Signed out: the page that asks to sign in comes back here afterwards.
  if (answer?.type === 'opaqueredirect') location.reload()
  else watchdog = setTimeout(connect, pause)
}

function tellAway() {
  page.querySelector('.origin').textContent = page.dataset.away
}

function show({ html, timeline, marks }) {
  for (const [id, piece] of Object.entries(html)) {
    const now = document.getElementById(id)
    const next = now.cloneNode()
    next.innerHTML = piece
    patch(now, next)
  }
  for (const chart of charts) chart.show(timeline, marks)
}
