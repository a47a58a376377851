import { createCommand } from './command.js'
import { replaceContainers } from './replace-containers.js'
import { replaceReplicas } from './replace-replicas.js'

/** `npm run rolling-restart`: first both databases, then the replicas one by one, each when the one before is ready. */
const { docker } = createCommand('rolling-restart')
  .description('Upgrades a running Bodega to what was built last, while people work.')
  .option('--docker', "the containers of this checkout's compose project, whose images it builds", false)
  .parse()
  .opts()
const started = Date.now()
let since = started

try {
  const count = docker ? await replaceContainers(tell) : await replaceReplicas(tell)
  console.log(`\nAll ${count} replicas were replaced in ${seconds(started)}.`)
} catch (error) {
  console.error(`\nStopped: ${(error as Error).message}\nThe other replicas go on as they are.`)
  process.exit(1)
}

function tell(step: string) {
  console.log(`· ${step}, after ${seconds(since)}`)
  since = Date.now()
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`
}
