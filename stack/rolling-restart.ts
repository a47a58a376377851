import { replaceContainers } from './replace-containers.js'
import { replaceReplicas } from './replace-replicas.js'

/**
 * `npm run rolling-restart`: upgrades a running system to what was built last, while people work: first both databases,
 * then the replicas one by one, each when the one before is ready. With --docker the containers of this checkout's
 * compose project, whose images it builds.
 */
const started = Date.now()
let since = started

try {
  const count = process.argv.includes('--docker') ? await replaceContainers(tell) : await replaceReplicas(tell)
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
