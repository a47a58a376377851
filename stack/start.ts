import { stackFolder } from './checkout.js'
import { type Stack, startStack } from './stack.js'

/** `npm start`: the whole system in the foreground, until Ctrl-C. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
let stack: Stack | undefined
let stopping = false

for (const signal of stopSignals) process.on(signal, stop)

try {
  const port = portSetting('PORT', 8080)
  stack = await startStack({
    folder: stackFolder(),
    address: process.env.ADDRESS ?? '127.0.0.1',
    port,
    proxy: { ...process.env, TLS_PORT: String(portSetting('TLS_PORT', 8443)) },
    say: (step) => console.log(`· ${step}`),
  })
  if (stopping) await finish()
  const names = process.env.ALLOWED_HOSTS
  const where = names ? `port ${port}, by these names alone: ${names}` : stack.url
  console.log(`\nBodega is at ${where}\nCtrl-C stops it; the data stays for the next start.`)
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

function portSetting(name: string, usual: number): number {
  const text = process.env[name]
  const port = Number(text || usual)
  if (Number.isInteger(port) && port > 0 && port < 65536) return port
  throw new Error(`${name} must be a number from 1 to 65535; it is "${text}".`)
}
