import DataLoader from 'dataloader'
import pLimit from 'p-limit'

/** How many statements may be under way at a time: while they are, the look-ups of the next one gather. */
const parallel = 2

/**
 * Gathers look-ups that are in flight together into one. Each is read after it was asked for, so nothing is stale.
 * @param load gives the values in the order of their keys
 */
export function gather<Key, Value>(load: (keys: readonly Key[]) => Promise<Value[]>): (key: Key) => Promise<Value> {
  const turns = pLimit(parallel)
  let loading: Promise<unknown>
  const loader = new DataLoader<Key, Value>(
    (keys) => {
      const values = load(keys)
      loading = values.catch(() => {})
      return values
    },
    {
      cache: false,
      batchScheduleFn: (dispatch) => {
        turns(() => {
          dispatch()
          return loading
        })
      },
    },
  )
  return (key) => loader.load(key)
}
