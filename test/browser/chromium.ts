import { type Browser, chromium } from 'playwright-core'

/** Debian's Chromium; the switches keep it from calling its maker, which a machine without that network refuses. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export const screens = {
  phone: { width: 360, height: 740 },
  desktop: { width: 1280, height: 800 },
}
