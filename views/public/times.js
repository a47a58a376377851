/** The visitor's own form of the page's language, as en-GB for English; the page's language where they have none. */
const pageLanguage = document.documentElement.lang
const language = navigator.languages.find((each) => each.split('-')[0] === pageLanguage) ?? pageLanguage

/** By the values of data-format. */
const formats = {
  second: new Intl.DateTimeFormat(language, { timeStyle: 'medium' }),
  minute: new Intl.DateTimeFormat(language, { timeStyle: 'short' }),
  date: new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }),
}

/** Shows each `<time datetime data-format>` in the visitor's own zone; without scripts it stands there in UTC. */
export function showLocalTimes(part = document) {
  for (const time of part.querySelectorAll('time[data-format]')) {
    time.textContent = formats[time.dataset.format].format(new Date(time.dateTime))
  }
}
