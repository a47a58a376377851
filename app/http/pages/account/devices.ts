import Bowser from 'bowser'

/** What a browser or program says that it is: names of products, or nothing. */
export interface Device {
  browser: string | undefined
  system: string | undefined
}

export function deviceOf(userAgent: string): Device {
  if (!userAgent) return { browser: undefined, system: undefined } // the parser throws
  const { browser, os } = Bowser.parse(userAgent)
  // Programs say no more than a name: curl/8.5.0.
  const name = browser.name || /^[\w.-]{1,40}(?=\/|$)/.exec(userAgent)?.[0]
  return { browser: name, system: os.name || undefined }
}
