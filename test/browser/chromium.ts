import { type Browser, chromium } from 'playwright-core'

/** A name of this machine that browsers do not take for one, as they take localhost and 127.0.0.1. */
export const otherName = 'bodega.test'

/** Debian's Chromium; the switches keep it from calling its maker, which a machine without that network refuses. */
export function launchChromium(more: string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=MAP ${otherName} 127.0.0.1`,
      ...more,
    ],
  })
}

export const screens = {
  phone: { width: 360, height: 740 },
  desktop: { width: 1280, height: 800 },
}
