import { resolve } from 'node:path'
import { type Stack, startStack } from './stack.js'

/** `npm start`: the whole system in the foreground, until Ctrl-C. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
let stack: Stack | undefined
let stopping = false

for (const signal of stopSignals) process.on(signal, stop)

try {
  stack = await startStack({
    folder: resolve(process.env.BODEGA_FOLDER ?? '.bodega'),
    address: process.env.ADDRESS ?? '127.0.0.1',
    port: portSetting(process.env.PORT ?? '8080'),
    proxy: process.env,
    say: (step) => console.log(`· ${step}`),
  })
  if (stopping) await finish()
  console.log(`\nBodega is at ${stack.url}\nCtrl-C stops it; the data stays for the next start.`)
} catch (error) {
  console.error(`\n${(error as Error).message}`)
  process.exit(1)
}

async function stop() {
  if (stopping) return
  stopping = true
  console.log('\n· stopping')
  if (stack) await finish()
}

async function finish() {
  await stack?.stop()
  process.exit(0)
}

function portSetting(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65536) return port
  throw new Error(`PORT must be a number from 1 to 65535; it is "${text}".`)
}
