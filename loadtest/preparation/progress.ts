/** Tells how far a long step has come. */
export type Say = (step: string, done: number, all: number) => void

/** A line that counts in a terminal; elsewhere, in a log, a line at each tenth. */
export function progressOn(output: NodeJS.WriteStream): Say {
  const number = new Intl.NumberFormat('en')
  return (step, done, all) => {
    const text = `· ${step}: ${number.format(done)} of ${number.format(all)}`
    if (output.isTTY) output.write(`\r${text}${done === all ? '\n' : ''}`)
    else if (done === all || Math.floor((done / all) * 10) > Math.floor(((done - 1) / all) * 10))
      output.write(`${text}\n`)
  }
}
