/** A line of the legend; the style sheet has eight colours and dashes, which go round. */
export function entryOf(name, index, sample) {
  const entry = document.createElement('li')
  entry.className = `tone-${index % 8}`
  entry.dataset.name = name
  const value = document.createElement('span')
  value.className = 'value'
  entry.append(sample.cloneNode(true), `${name} `, value)
  return entry
}

/** Each server's values on top of those before it, the highest first; one that says nothing adds nothing. */
export function stack(known) {
  const sumTo = (index, at) => known.slice(0, index + 1).reduce((sum, each) => sum + (each[at] ?? 0), 0)
  const silent = (at) => known.every((each) => each[at] === null)
  return known.map((own, index) => own.map((_, at) => (silent(at) ? null : sumTo(index, at)))).reverse()
}

/** The top of a scale, the same as without scripts: app/http/pages/status/chart.ts. */
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)))
  return ([1, 1.5, 2, 3, 4, 5, 6, 8].find((each) => each * power >= value) ?? 10) * power
}
