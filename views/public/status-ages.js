const { lang } = document.documentElement
const tenths = new Intl.NumberFormat(lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** Between two events of the stream, in milliseconds, with a margin; later than that, every age goes on. */
const expected = 1_000

/**
 * Counts the ages in the page on from the last event, so that silence is seen to last: always of a server that is
 * silent, and of all while no event comes. Gives restart(), to be called with each event.
 */
export function countAges(page) {
  let since = performance.now()
  setInterval(() => {
    const elapsed = performance.now() - since
    for (const each of page.querySelectorAll('[data-age]')) {
      if (elapsed > expected || isSilent(each)) show(each, Number(each.dataset.age) + elapsed)
    }
  }, 100)
  return {
    restart() {
      since = performance.now()
    },
  }
}

/** In the headline stand only the ages of silent ones. */
function isSilent(element) {
  const condition = element.closest('[data-condition]')?.dataset.condition
  return condition === undefined || condition === 'silent' || condition === 'killed'
}

/** From a minute on, the server's own words are fine enough. */
function show(element, ms) {
  if (ms >= 60_000) return
  const seconds = ms < 10_000 ? tenths.format(ms / 1000) : Math.floor(ms / 1000)
  element.textContent = element.dataset.template.replace('{time}', `${seconds} s`)
}
