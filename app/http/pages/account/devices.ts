import Bowser from 'bowser'

/** What a browser says that it is: names of products, or nothing. */
export interface Device {
  browser: string | undefined
  system: string | undefined
}

export function deviceOf(userAgent: string): Device {
  if (!userAgent) return { browser: undefined, system: undefined } // the parser throws
  const { browser, os } = Bowser.parse(userAgent)
  return { browser: browser.name || undefined, system: os.name || undefined }
}
