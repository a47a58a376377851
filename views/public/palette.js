import { bindShortcutSetting } from './shortcut-setting.js'

/** The command palette and the list of shortcuts: loaded when one is first asked for. */

/** Milliseconds without typing before the server is asked. */
const pause = 180

const parts = new Map()

/** @param typed gives what was typed meanwhile */
export async function openPalette(typed) {
  const palette = await part('/palette', createPalette)
  if (document.querySelector('dialog[open]')) return
  palette.begin(typed())
  palette.dialog.showModal()
}

export async function openShortcuts() {
  if (document.querySelector('main .shortcuts')) return // they are what the page shows
  const dialog = await part('/shortcuts', createShortcuts)
  if (!document.querySelector('dialog[open]')) dialog.showModal()
}

/** What is made of a part of a page, once. */
function part(address, create) {
  if (!parts.has(address)) {
    const made = load(address).then(create)
    made.catch(() => parts.delete(address))
    parts.set(address, made)
  }
  return parts.get(address)
}

/** A person whose session has ended is asked to sign in. */
async function load(address) {
  const answer = await fetch(address)
  if (answer.redirected || !answer.ok) {
    location.reload()
    throw new Error(`${address}: ${answer.status}`)
  }
  return new DOMParser().parseFromString(await answer.text(), 'text/html')
}

function createShortcuts(page) {
  const dialog = document.createElement('dialog')
  const part = page.querySelector('.shortcuts')
  dialog.className = 'shortcuts-dialog'
  dialog.setAttribute('aria-labelledby', 'shortcuts')
  dialog.append(part)
  document.body.append(dialog)
  part.querySelector('form').hidden = false
  bindShortcutSetting(dialog)
  closeByBackdrop(dialog)
  return dialog
}

function createPalette(page) {
  const dialog = page.querySelector('dialog')
  document.body.append(dialog)
  const input = dialog.querySelector('input')
  const products = dialog.querySelector('.products-found')
  const commands = [...dialog.querySelectorAll('[role=option]')]
  let asked = new AbortController()
  let timer
  let waiting = false
  /** Enter was pressed before there was an answer to what was typed. */
  let entered = false

  closeByBackdrop(dialog)
  input.addEventListener('input', type)
  input.addEventListener('keydown', (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!by && event.key !== 'Enter') return
    event.preventDefault()
    const options = shown()
    const at = options.indexOf(selected())
    if (by) select(options.at((at + by) % options.length))
    else if (waiting && !commands.includes(selected())) entered = true
    else run(selected())
  })
  dialog.addEventListener('click', ({ target }) => {
    const option = target.closest('[role=option]')
    if (option) run(option)
  })
  return { dialog, begin }

  function begin(typed) {
    input.value = typed
    type()
  }

  /** Commands at once, products soon. */
  function type() {
    const typed = input.value.trim()
    for (const each of commands) each.hidden = !fold(each.firstElementChild.textContent).includes(fold(typed))
    if (selected()?.hidden !== false) select(shown()[0])
    clearTimeout(timer)
    asked.abort()
    asked = new AbortController()
    entered = false
    waiting = typed !== ''
    if (waiting) timer = setTimeout(() => find(typed, asked.signal), pause)
    else showProducts('')
  }

  async function find(typed, signal) {
    const address = `/palette?${new URLSearchParams({ q: typed })}`
    const answer = await fetch(address, { signal, redirect: 'error' }).catch(() => {})
    const found = answer?.ok ? await answer.text().catch(() => '') : ''
    if (signal.aborted) return
    waiting = false
    showProducts(found)
    if (entered) run(selected())
  }

  function showProducts(html) {
    products.innerHTML = html
    products.parentElement.hidden = !html.trim()
    if (!selected()) select(shown()[0])
    dialog.querySelector('.none').hidden = shown().length > 0
  }

  function shown() {
    return [...dialog.querySelectorAll('[role=option]:not([hidden])')]
  }

  function selected() {
    return dialog.querySelector('[aria-selected=true]')
  }

  function select(option) {
    selected()?.setAttribute('aria-selected', 'false')
    option?.setAttribute('aria-selected', 'true')
    option?.scrollIntoView({ block: 'nearest' })
    if (option) input.setAttribute('aria-activedescendant', option.id)
    else input.removeAttribute('aria-activedescendant')
  }

  /** Where nothing is found, the list says so. */
  function run(option) {
    if (!option && !input.value.trim()) return
    dialog.close()
    if (!option) location.assign(`/products?${new URLSearchParams({ q: input.value })}`)
    else if (option.dataset.href) location.assign(option.dataset.href)
    else if (option.dataset.click) document.querySelector(option.dataset.click)?.click()
    else openShortcuts()
  }
}

function closeByBackdrop(dialog) {
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close()
  })
}

function fold(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
