import { setImmediate, setTimeout as sleep } from 'node:timers/promises'

/**
 * Calls `act` at even intervals, whatever became of the calls before, so that a stall shows in every request that it
 * holds up (coordinated omission). Resolves when the last has ended.
 * @param rate calls a second
 * @param more whether another call follows, given how many there were
 * @param act gets the moment at which it is due, by performance.now()
 * @returns by how many milliseconds a call was late at most, which is the caller's fault and not the system's
 */
export async function openLoop(
  rate: number,
  more: (calls: number) => boolean,
  act: (due: number) => Promise<unknown>,
): Promise<number> {
  const start = performance.now()
  const pending = new Set<Promise<unknown>>()
  let lag = 0
  for (let calls = 0; more(calls); calls++) {
    const due = start + (calls * 1000) / rate
    await until(due)
    lag = Math.max(lag, performance.now() - due)
    const acting = act(due).finally(() => pending.delete(acting))
    pending.add(acting)
  }
  await Promise.all(pending)
  return lag
}

/** A call that is late already lets the answers in first, or a loop that is behind would never read one. */
async function until(due: number) {
  await setImmediate()
  while (performance.now() < due) await sleep(due - performance.now())
}
