import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { expect } from 'chai'
import { Deadline } from '../../app/database/deadline.js'
import { TooMany } from '../../app/errors.js'
import { hashPassword, verifyPassword } from '../../app/users/passwords.js'

describe('passwords', () => {
  it('of those who sign in go before those of many who register', async function () {
    this.timeout(60_000)
    const deadline = new Deadline(50_000)
    const done: string[] = []
    const note = (what: string) => () => done.push(what)
    const registrations = Array.from({ length: 4 }, () => hashPassword('correct horse', deadline).then(note('hash')))
    const signIn = verifyPassword('correct horse', undefined, deadline).then(note('sign-in'))
    await Promise.all([...registrations, signIn])
    // Those that had begun end first.
    expect(done.indexOf('sign-in')).to.be.at.most(2)
  })

  it('are refused a hash that is late when it was thought to come soon', async function () {
    this.timeout(60_000)
    const hash = await hashPassword('correct horse', new Deadline(8_000))
    const busy = Array.from({ length: 2 * availableParallelism() }, () => new Worker('for (;;);', { eval: true }))
    try {
      const deadline = new Deadline(50_000)
      const hashes = Array.from({ length: 10 }, () => verifyPassword('correct horse', hash, deadline))
      const results = await Promise.allSettled(hashes)
      const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason)
      expect(refused).not.to.have.length(0)
      for (const reason of refused) expect(reason).to.be.instanceOf(TooMany)
      expect(results.find((result) => result.status === 'fulfilled')?.value).to.equal(true)
    } finally {
      for (const each of busy) await each.terminate()
    }
  })
})
