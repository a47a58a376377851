import { showSelection } from './selection.js'

/** Milliseconds without typing before the server is asked, and before a screen reader is told what was found. */
const pause = { ask: 200, say: 1_000 }

/**
 * Shows what a form finds while it is typed. The page is asked for and not a part of it: the links to export, to sort and
 * to choose, the count, the rows and the title all depend on the search, so that a part would be nearly all of it.
 * Whatever goes wrong leaves what is shown; the form itself still works.
 */
export function searchWhileTyped(form) {
  const field = form.querySelector('input[type=search]')
  const found = addStatus()
  let asked = new AbortController()
  let timer
  let sayTimer
  let shown = location.pathname + location.search

  field.addEventListener('input', ({ isComposing }) => {
    if (!isComposing) type()
  })
  field.addEventListener('compositionend', type)
  // A page that was left must not change the address any more: a scanner's Enter opens a product, another one the form.
  field.addEventListener('keydown', ({ key, isComposing }) => {
    if (key === 'Enter' && !isComposing) stop()
  })
  form.addEventListener('submit', stop)
  window.addEventListener('pagehide', stop)
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) field.value = searchIn(shown)
  })
  window.addEventListener('popstate', async () => {
    const address = location.pathname + location.search
    if (address === shown) return // another place of the same page
    stop()
    field.value = searchIn(address)
    if (!(await show(address)) && address === location.pathname + location.search) location.reload()
  })

  function stop() {
    clearTimeout(timer)
    clearTimeout(sayTimer)
    asked.abort()
  }

  function type() {
    stop()
    allOfList().disabled = true
    timer = setTimeout(() => {
      const query = new URLSearchParams(new FormData(form))
      const address = form.getAttribute('action') + (query.size > 0 ? `?${query}` : '')
      if (address === shown) allOfList().disabled = false
      else show(address, () => remember(address))
    }, pause.ask)
  }

  /** @returns whether it is shown, or something else was asked for meanwhile */
  async function show(address, before) {
    asked = new AbortController()
    const { signal } = asked
    const answer = await fetch(address, { signal, redirect: 'error' }).catch(() => {})
    const html = answer?.ok ? await answer.text().catch(() => '') : ''
    if (signal.aborted) return true
    const page = new DOMParser().parseFromString(html, 'text/html')
    if (!page.querySelector('form[data-search]')) return false
    before?.()
    shown = address
    sayTimer = setTimeout(say, pause.say, put(page, form))
    return true
  }

  function say(text) {
    found.textContent = text
  }
}

/** "All that match" is of the list that is shown, so it waits for the one that is asked for. */
function allOfList() {
  return document.querySelector('#bulk [name=all]') ?? {}
}

/** One that stays, because a status that comes with its text is not always read. */
function addStatus() {
  const status = document.createElement('p')
  status.className = 'visually-hidden'
  status.setAttribute('role', 'status')
  document.body.append(status)
  return status
}

/** A search has one entry of the history, after that of the list that it began in. */
function remember(address) {
  const begins = !searchIn(location.href) && !history.state?.typed
  history[begins ? 'pushState' : 'replaceState']({ typed: true }, '', address)
}

function searchIn(address) {
  return new URL(address, location.href).searchParams.get('q') ?? ''
}

/**
 * Puts another page around the field that is typed into.
 * @returns what it says was found
 */
function put(page, form) {
  const focused = document.activeElement
  const next = page.querySelector('form[data-search]')
  const selected = document.querySelectorAll('.pick > :checked')
  const status = [...page.querySelectorAll('main [role=status]')]
  for (const each of status) each.removeAttribute('role')
  const [before, after] = split(next)
  const [oldBefore, oldAfter] = split(form)
  for (const each of [...oldBefore, ...oldAfter]) each.remove()
  form.before(...before)
  form.after(...after)
  const hidden = (of) => [...of.querySelectorAll(':scope > input[type=hidden]')]
  for (const each of hidden(form)) each.remove()
  const choices = form.querySelector('.choices')
  choices.before(...hidden(next))
  choices.replaceChildren(...next.querySelector('.choices').childNodes)
  const [here, there] = [document, page].map((each) => each.querySelector('.language [name=next]'))
  here.value = there.value // where a change of language leads back to
  document.title = page.title
  for (const { value } of selected) {
    for (const same of document.querySelectorAll(`.pick > [value="${value}"]`)) same.checked = true
  }
  showSelection()
  if (!focused.isConnected) counterpartOf(focused, form).focus()
  return status.map((each) => (each.querySelector('h2') ?? each).textContent).join(' ')
}

/** What is beside an element, before and after it. */
function split(element) {
  const all = [...element.parentNode.childNodes]
  const at = all.indexOf(element)
  return [all.slice(0, at), all.slice(at + 1)]
}

/** What has the focus now that its element is another one. */
function counterpartOf({ id, nodeName, textContent }, form) {
  const same =
    (id && document.getElementById(id)) ||
    [...form.querySelectorAll(nodeName)].find((each) => each.textContent === textContent)
  return same ?? form.querySelector('input[type=search]')
}
