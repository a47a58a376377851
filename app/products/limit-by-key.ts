import pLimit, { type LimitFunction } from 'p-limit'

/** Limits how much work of the same key, a person's or a product's number, a replica does at once; the rest waits its turn. */
export function limitByKey(concurrency: number) {
  const limits = new Map<number, LimitFunction>()

  return {
    /** How much work of a key waits. */
    waiting: (key: number) => limits.get(key)?.pendingCount ?? 0,

    async run<T>(key: number, work: () => Promise<T>): Promise<T> {
      const limit = limits.get(key) ?? pLimit(concurrency)
      limits.set(key, limit)
      try {
        return await limit(work)
      } finally {
        if (limit.activeCount + limit.pendingCount === 0) limits.delete(key)
      }
    },
  }
}
