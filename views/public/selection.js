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
  const selected = all.filter(({ checked }) => checked).length
  const page = document.querySelector('#pick-page')
  if (!page) return // nothing is listed
  page.checked = selected === all.length
  page.indeterminate = selected > 0 && selected < all.length
  const said = document.querySelector('.selected > span')
  said.hidden = selected === 0
  said.lastElementChild.textContent = selected
}
