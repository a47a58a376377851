/** Keys pressed alone can be switched off, because some people press them without meaning to, by voice or by tremor. */
const name = 'shortcuts'

export function shortcutsAreOn() {
  try {
    return localStorage.getItem(name) !== 'off'
  } catch {
    return true // a browser that keeps nothing
  }
}

/** The checkbox of a part of the page that switches them. */
export function bindShortcutSetting(part) {
  const setting = part.querySelector('[data-shortcuts]')
  if (!setting) return
  const box = setting.querySelector('input')
  setting.hidden = false
  box.checked = shortcutsAreOn()
  box.addEventListener('change', () => {
    try {
      localStorage.setItem(name, box.checked ? 'on' : 'off')
    } catch {
      box.checked = true
    }
  })
}
