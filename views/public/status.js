import { countAges } from './status-ages.js'
import { createChart } from './status-chart.js'
import { patch } from './status-patch.js'
import { showLocalTimes } from './times.js'

/** Keeps the page of the servers live. Without scripts, it says the same at each reload. */

const page = document.getElementById('status')
const charts = [...document.querySelectorAll('[data-chart]')].map(createChart)
const ages = countAges(page)

/** How long a server may say nothing before another one is asked, and the pause after a refusal, in milliseconds. */
const timeout = 2_500
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
    say(page.dataset.away)
    connect()
  }, timeout)
}

/** A stream that broke is opened again by the browser itself; one that was refused is not. */
function lost() {
  if (stream?.readyState === EventSource.CLOSED) return refused()
  say(page.dataset.away)
}

/** Asks why, which an EventSource does not say. */
async function refused() {
  disconnect()
  const asking = new AbortController()
  const answer = await fetch('/status/events', { redirect: 'manual', signal: asking.signal }).catch(() => undefined)
  asking.abort()
  // Signed out: the page that asks to sign in comes back here afterwards.
  if (answer?.type === 'opaqueredirect') return location.reload()
  const crowded = answer?.status === 429
  say(crowded ? page.dataset.crowded : page.dataset.away)
  watchdog = setTimeout(connect, crowded ? Number(answer.headers.get('Retry-After')) * 1000 : pause)
}

/** In the headline's place, until the next event; what stands below it is of before. */
function say(words) {
  page.querySelector('[role=status]').textContent = words
  const summary = page.querySelector('.summary')
  summary.className = 'summary some'
  summary.textContent = words
  page.querySelector('.origin span').textContent = `${page.dataset.lastKnown} · `
  page.querySelector('.servers').classList.add('stale')
}

function show({ html, timeline, marks }) {
  ages.restart()
  for (const [id, piece] of Object.entries(html)) {
    const now = document.getElementById(id)
    const next = now.cloneNode()
    next.innerHTML = piece
    showLocalTimes(next)
    patch(now, next)
  }
  for (const chart of charts) chart.show(timeline, marks)
}
