import { shortcutsAreOn } from './shortcut-setting.js'

/** A scanner types its keys within so many milliseconds of each other, at least so many of them, and then Enter. */
const quick = 50
const leastOfScan = 3

/** How long `g` waits for the key that says where to go, in milliseconds. */
const secondKeyWithin = 1_500

const rows = 'main :is(.products tbody th, .movements div) a'

/**
 * Listens for Ctrl-K, for shortcuts, and for scanners that type like a keyboard. A shortcut waits until it is clear that its
 * key is none of a scanner's.
 * @param button opens the palette, and has the address of its script
 */
export function listenForKeys(button) {
  const palette = () => import(button.dataset.palette)
  /** What is typed while the palette is still on its way. */
  let typedAhead
  const openPalette = async () => {
    typedAhead = ''
    try {
      await (await palette()).openPalette(() => typedAhead)
    } finally {
      typedAhead = undefined
    }
  }
  let keys = []
  let last = Number.NEGATIVE_INFINITY
  let timer
  let first = ''

  button.hidden = false
  button.addEventListener('click', openPalette)
  document.addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey, target, timeStamp } = event
    if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === 'k') {
      event.preventDefault()
      openPalette()
      return
    }
    if (ctrlKey || metaKey || altKey) return
    if (typedAhead !== undefined) {
      event.preventDefault()
      if (key.length === 1) typedAhead += key
      return
    }
    if (event.isComposing || document.querySelector('dialog[open]')) return
    const field = target.closest('input, textarea, select, [contenteditable]')
    const typedInto = field && !/^(?:radio|checkbox)$/.test(field.type)
    if (typedInto && field.type !== 'search') return

    if (timeStamp - last > quick) keys = []
    last = timeStamp
    if (key === 'Enter') {
      const code = keys.join('')
      if (keys.length >= leastOfScan && (!typedInto || field.value === code)) open(event, code)
      keys = []
    } else if (key.length === 1) {
      keys.push(key)
      clearTimeout(timer)
      if (typedInto || !shortcutsAreOn()) return
      if (key === '/') event.preventDefault() // Firefox would look for text
      timer = setTimeout(settle, quick + 10)
    }
  })

  function open(event, code) {
    event.preventDefault()
    location.assign(`/scan?${new URLSearchParams({ code: code.slice(0, 200) })}`)
  }

  function settle() {
    if (keys.length < leastOfScan) for (const key of keys) press(key)
    keys = []
  }

  function press(key) {
    const act = shortcuts.get(first + key)
    first = ''
    if (act) act()
    else if (key === 'g') {
      first = 'g '
      setTimeout(() => {
        first = ''
      }, secondKeyWithin)
    }
  }

  function search() {
    const field = document.querySelector('main input[type=search]')
    if (field) field.focus()
    else openPalette()
  }

  const shortcuts = new Map([
    ['/', search],
    ['?', async () => (await palette()).openShortcuts()],
    ['n', () => goByMenu('/products/new')],
    ['g p', () => goByMenu('/products')],
    ['g m', () => goByMenu('/movements')],
    ['g c', () => goByMenu('/scan')],
    ['g s', () => goByMenu('/status')],
    ['j', () => step(1)],
    ['k', () => step(-1)],
    ['e', () => isInMenu('/products/new') && goInProduct('/edit')],
    ['m', () => goInProduct('/movements')],
  ])
}

function go(address) {
  location.assign(address)
}

/** The menu has what the person may do. */
function goByMenu(address) {
  if (isInMenu(address)) go(address)
}

function isInMenu(address) {
  return document.querySelector(`header nav a[href="${address}"]`) !== null
}

/** Moves the focus to the next row, or the one before; Enter opens it, as it opens any link. */
function step(by) {
  const links = [...document.querySelectorAll(rows)]
  const at = links.indexOf(document.activeElement)
  const next = at < 0 ? links[0] : links[at + by]
  next?.focus()
}

/** Of the row that has the focus, or of the page. */
function goInProduct(page) {
  const product = /^\/products\/\d+/
  const [address] = product.exec(document.activeElement?.pathname ?? '') ?? product.exec(location.pathname) ?? []
  if (address) go(address + page)
}
