import type { ChildProcess } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import type { Service } from './processes.js'

/** How often a replica is asked, and after how long a silence it counts as hung; in milliseconds. */
const interval = 500
const longestSilence = 2_000

/**
 * Kills a replica that has been silent for 2 s after it once answered, so that it is started again. What stopped it from
 * outside stopped its own watchdog, too. One that refuses connections is starting or leaving, and not silent.
 * @returns what ends the watch
 */
export function killWhenSilent(replica: Service, port: number, killed: () => void): () => void {
  let heard: { from: ChildProcess; at: number } | undefined
  let checkedAt = performance.now()
  const timer = setInterval(check, interval)
  return () => clearInterval(timer)

  function check() {
    const [now, { process }] = [performance.now(), replica]
    // The machine or this process stood still, so that an answer may lie unread.
    if (heard && now - checkedAt > 2 * interval) heard.at = now
    checkedAt = now
    if (!process) return
    if (heard?.from !== process || now - heard.at < longestSilence) return ask(process)
    heard = undefined
    process.kill('SIGKILL')
    killed()
  }

  function ask(process: ChildProcess) {
    const answer = fetch(`http://127.0.0.1:${port}/livez`, { signal: AbortSignal.timeout(longestSilence) })
    answer
      .then((response) => response.text())
      .then(
        () => (heard = { from: process, at: performance.now() }),
        ({ name }) => {
          if (name !== 'TimeoutError' && heard?.from === process) heard.at = performance.now()
        },
      )
  }
}
