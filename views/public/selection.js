/** Lets people select all products of a page at once, and says how many are selected. Live search may change them all. */
export function selectWithOthers() {
  document.addEventListener('change', ({ target }) => {
    if (target.id === 'pick-page') for (const box of boxes()) box.checked = target.checked
    if (target.id === 'pick-page' || target.name === 'id') showSelection()
  })
}

function boxes() {
  return [...document.querySelectorAll('.pick > input')]
}

export function showSelection() {
  const all = boxes()
  const chosen = all.filter(({ checked }) => checked)
  const selected = chosen.length
  const page = document.querySelector('#pick-page')
  if (!page) return // nothing is listed
  page.checked = selected === all.length
  page.indeterminate = selected > 0 && selected < all.length
  const said = document.querySelector('.selected > span')
  if (said) {
    said.hidden = selected === 0
    said.lastElementChild.textContent = selected
  }
  leadToLabels(chosen)
}

/** Labels are of what is selected, and with nothing selected of the page. */
function leadToLabels(chosen) {
  const link = document.querySelector('.to-labels > a')
  link.dataset.listed ??= link.textContent
  link.dataset.list ??= link.getAttribute('href')
  const ids = new URLSearchParams(chosen.map(({ value }) => ['id', value]))
  link.href = chosen.length > 0 ? `/labels?${ids}` : link.dataset.list
  link.textContent = chosen.length > 0 ? link.dataset.selected : link.dataset.listed
}
