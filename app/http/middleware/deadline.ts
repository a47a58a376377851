import type { Middleware } from 'koa'
import { Deadline, requestTimeout } from '../../database/deadline.js'
import { DeadlineExceeded } from '../../errors.js'

/**
 * Gives a request its deadline, which is over at once when the client leaves. A request whose connection was closed
 * while it lay unread is left undone: nginx has asked another replica. One that hung finds many of them when it goes on,
 * and those who wait now should not wait for them.
 */
export function deadline(): Middleware {
  const hung = watchEventLoop()
  return async (ctx, next) => {
    if (hung()) await nextTurn()
    if (!ctx.writable) throw new DeadlineExceeded('nobody waits for the answer')
    const deadline = new Deadline(requestTimeout)
    ctx.state.deadline = deadline
    ctx.res.once('close', () => {
      if (!ctx.res.writableFinished) deadline.pass('the client left')
    })
    try {
      await next()
    } finally {
      deadline.clear()
    }
  }
}

/**
 * How often the event loop is looked at, and how late a look is after a hang, in milliseconds. What is given up within a
 * shorter one is done all the same.
 */
const look = { interval: 100, late: 300 }

/** How long the backlog takes to be read, at most, in milliseconds. */
const aftermath = 1_000

/** @returns whether the event loop has hung a moment ago */
function watchEventLoop(): () => boolean {
  let last = performance.now()
  let hungUntil = 0
  const hung = () => {
    const now = performance.now()
    if (now - last > look.interval + look.late) hungUntil = now + aftermath
    return now < hungUntil
  }
  setInterval(() => {
    hung()
    last = performance.now()
  }, look.interval).unref()
  return hung
}

/** When the end of a connection is read that was there with the request: in the event loop's turn after the request's. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}
