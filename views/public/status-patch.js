/**
 * Makes one piece of the page like another by changing no more than what differs, so that a process id that somebody
 * is selecting stays selected, and a screen reader says only what is new.
 */
export function patch(now, next) {
  if (now.nodeType !== next.nodeType || now.nodeName !== next.nodeName) {
    now.replaceWith(next)
  } else if (now.nodeType === Node.ELEMENT_NODE) {
    patchAttributes(now, next)
    patchChildren(now, next)
  } else if (now.data !== next.data) {
    now.data = next.data
  }
}

function patchAttributes(now, next) {
  for (const { name } of [...now.attributes]) if (!next.hasAttribute(name)) now.removeAttribute(name)
  for (const { name, value } of next.attributes) if (now.getAttribute(name) !== value) now.setAttribute(name, value)
}

function patchChildren(now, next) {
  const [own, others] = [[...now.childNodes], [...next.childNodes]]
  for (const [index, child] of others.entries()) {
    if (own[index]) patch(own[index], child)
    else now.append(child)
  }
  for (const extra of own.slice(others.length)) extra.remove()
}
