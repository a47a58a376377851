import { expect } from 'chai'
import { defused, undefused } from '../../app/products/csv/formulas.js'
import { toCsv } from '../../app/products/csv/write.js'

describe('cells that a spreadsheet would compute', () => {
  for (const begin of ['=', '+', '-', '@', '\t', '\r']) {
    it(`are text when they begin with ${JSON.stringify(begin)}`, () => {
      expect(defused(`${begin}1+1`)).to.equal(`'${begin}1+1`)
    })
  }

  it('come back as they were, also those that look like a defused one', () => {
    const letters = ["'", '=', '-', 'a', '', '"']
    const texts = letters.flatMap((one) => letters.flatMap((two) => letters.map((three) => one + two + three)))
    for (const text of texts) {
      expect(undefused(defused(text)), text).to.equal(text)
      expect(defused(text)).not.to.match(/^[=+\-@\t\r]/)
    }
  })

  it('leave an apostrophe and a number alone', () => {
    expect([defused("'s-Gravenhage"), undefused("'s-Gravenhage")]).to.deep.equal(["'s-Gravenhage", "'s-Gravenhage"])
    expect(toCsv([[-2, '-2', null, 'a"b', 'one\ntwo']])).to.equal('-2,\'-2,,"a""b","one\ntwo"\r\n')
  })
})
