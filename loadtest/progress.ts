/** Reports how far a long step has come. */
export type Say = (step: string, done: number, all: number, detail?: string) => void

const number = new Intl.NumberFormat('en')

/** A line that counts in a terminal; elsewhere, in a log, a line at each tenth. */
export function progressOn(output: NodeJS.WriteStream): Say {
  return (step, done, all, detail = '') => {
    const text = `· ${step}: ${number.format(done)} of ${number.format(all)}${detail}`
    if (output.isTTY) output.write(`\r\u001b[2K${text}${done === all ? '\n' : ''}`)
    else if (Math.floor((done / all) * 10) > Math.floor(((done - 1) / all) * 10)) output.write(`${text}\n`)
  }
}
