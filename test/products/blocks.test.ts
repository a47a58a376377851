import { expect } from 'chai'
import { add, blockSize, intersection, type Positions, setBit } from '../../app/products/search/blocks.js'

describe('the positions of a block', () => {
  /** As many positions, in whole bytes from `start` on. */
  function some(number: number, start = 0, length = blockSize / 8 - start) {
    const bits = Buffer.alloc(length)
    const positions = new Set<number>()
    while (positions.size < number) {
      const position = Math.floor(Math.random() * 8 * length)
      setBit(bits, position)
      positions.add(8 * start + position)
    }
    return { bits, start, positions: [...positions].sort((one, other) => other - one) }
  }

  const setOf = ({ bits, start }: { bits: Buffer; start: number }, set?: Positions) => add(set, bits, start)

  for (const number of [1, 2, 50, 1_000, 5_000, blockSize]) {
    it(`are the same again, ${number} of them`, () => {
      const part = some(number)
      expect(intersection([setOf(part)])).to.deep.equal(part.positions)
    })

    it(`take few bytes, ${number} of them`, () => {
      expect(setOf(some(number)).length).to.be.at.most(1 + Math.min(2 * number, blockSize / 8))
    })
  }

  for (const [few, many] of [
    [3, 40],
    [3, 9_000],
    [4_000, 9_000],
  ] as const) {
    it(`are those that ${few} and ${many} have together, whichever comes first`, () => {
      const [one, other] = [some(few), some(many)]
      const both = one.positions.filter((position) => other.positions.includes(position))
      expect(intersection([setOf(one), setOf(other)])).to.deep.equal(both)
      expect(intersection([setOf(other), setOf(one)])).to.deep.equal(both)
      expect(intersection([setOf(one), setOf(other), setOf(one)])).to.deep.equal(both)
    })

    it(`grow by ${many} where ${few} are`, () => {
      const [one, other] = [some(few, 0, 1_000), some(Math.min(many, 3_000), 1_000, 500)]
      const all = [...other.positions, ...one.positions]
      expect(intersection([setOf(other, setOf(one))])).to.deep.equal(all)
      expect(intersection([setOf(one, setOf(other))])).to.deep.equal(all)
      expect(intersection([setOf(one, setOf(one))])).to.deep.equal(one.positions)
    })
  }

  it('are none that all have where there are none', () => {
    expect(intersection([])).to.deep.equal([])
  })
})
