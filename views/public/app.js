import { listenForKeys } from './keys.js'
import { searchWhileTyped } from './live-search.js'
import { selectWithOthers } from './selection.js'
import { bindShortcutSetting } from './shortcut-setting.js'
import { showLocalTimes } from './times.js'

/** What pages do better where scripts run; every page works without. */

forgetNotice()
for (const input of document.querySelectorAll('input[type=password][data-show]')) addShowButton(input)
for (const form of document.querySelectorAll('form[data-guard]')) guardUnsaved(form)
for (const input of document.querySelectorAll('input[data-check]')) checkWhileTyped(input)
for (const button of document.querySelectorAll('[data-palette]')) listenForKeys(button)
bindShortcutSetting(document)
for (const form of document.querySelectorAll('form[data-search]')) {
  searchAtOnce(form)
  searchWhileTyped(form)
}
selectWithOthers()
showLocalTimes()

/** Lets people see the password that they type. */
function addShowButton(input) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'plain show-password'
  button.textContent = input.dataset.show
  button.setAttribute('aria-controls', input.id)
  button.addEventListener('click', () => {
    const show = input.type === 'password'
    input.type = show ? 'text' : 'password'
    button.textContent = show ? input.dataset.hide : input.dataset.show
  })
  input.form.addEventListener('submit', () => {
    input.type = 'password'
  })
  input.after(button)
}

/** Asks before a page is left on which something was typed and not sent. */
function guardUnsaved(form) {
  let unsaved = form.dataset.guard === 'unsaved'
  form.addEventListener('input', () => {
    unsaved = true
  })
  form.addEventListener('submit', () => {
    unsaved = false
  })
  document.querySelector('[data-discard]')?.addEventListener('click', () => {
    unsaved = false
  })
  window.addEventListener('beforeunload', (event) => {
    if (unsaved) event.preventDefault()
  })
}

/** Says what the server has to say of a value, soon after it was typed. */
function checkWhileTyped(input) {
  const said = document.createElement('p')
  said.className = 'problem'
  said.setAttribute('role', 'status')
  input.after(said)
  let timer
  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(async () => {
      const typed = input.value
      const answer = await fetch(input.dataset.check + encodeURIComponent(typed), { redirect: 'error' }).catch(() => {})
      const text = answer?.ok ? await answer.text() : ''
      if (input.value === typed) said.innerHTML = text
    }, 250)
  })
}

/** Applies what is chosen as soon as it is, unless by a key, which may be on its way to another choice; asks for nothing empty. */
function searchAtOnce(form) {
  let byKey = false
  form.addEventListener('pointerdown', () => {
    byKey = false
  })
  form.addEventListener('keydown', () => {
    byKey = true
  })
  form.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement && !byKey) form.requestSubmit()
  })
  form.addEventListener('formdata', ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === '') formData.delete(name)
  })
}

/** A reload should not tell again that something was just saved. */
function forgetNotice() {
  const address = new URL(location.href)
  for (const notice of ['added', 'saved', 'moved', 'put', 'deleted', 'known']) address.searchParams.delete(notice)
  if (address.href === location.href) return
  history.replaceState(null, '', address)
}
