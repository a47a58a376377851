import { setImmediate as nextRound } from 'node:timers/promises'
import DataLoader from 'dataloader'
import pLimit from 'p-limit'
import { Deadline } from './deadline.js'

/** How many batches may be under way, so that the next one gathers meanwhile. */
const parallel = 2

/** Rounds of the event loop in which a batch waits for further keys, at most, while each brings some. */
const maxRounds = 8

/** How long one may keep the next ones waiting, in milliseconds: a connection that is silent is not everybody's. */
const turnTimeout = 200

/**
 * Gathers concurrent calls into batches. Each is done after it was asked for, so what is read is not stale.
 * @param work gives the values in the order of their keys
 */
export function gather<Key, Value>(
  work: (keys: readonly Key[]) => Promise<Value[]>,
  maxBatchSize: number,
): (key: Key) => Promise<Value> {
  const turns = pLimit(parallel)
  let underWay: Promise<unknown> = Promise.resolve()
  let asked = 0
  const loader = new DataLoader<Key, Value>(
    (keys) => {
      const values = work(keys)
      underWay = values
      return values
    },
    {
      cache: false,
      maxBatchSize,
      batchScheduleFn: (dispatch) => {
        turns(async () => {
          await othersHaveAsked()
          dispatch()
          // However it ends, the next batch has its turn.
          await Deadline.within(turnTimeout, (turn) => turn.bound(() => underWay)).catch(() => {})
        })
      },
    },
  )
  return (key) => {
    asked++
    return loader.load(key)
  }

  /** Of requests that arrive together, each asks in its own turn. A round of an idle event loop takes microseconds. */
  async function othersHaveAsked() {
    let before = 0
    for (let round = 0; round < maxRounds && asked > before; round++) {
      before = asked
      await nextRound()
    }
  }
}
