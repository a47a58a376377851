import JsBarcode from 'jsbarcode'
import qrcode from 'qrcode-generator'

/** A symbol that scanners read, in modules, with the white that must surround it. */
export interface Drawing {
  width: number
  height: number
  /** The data of an SVG path whose lines, one module thick, are what is dark. */
  path: string
}

/** White at the ends of a Code 128, and around a QR code, in modules. Source: ISO/IEC 15417 and 18004 */
const quietOfBars = 10
const quietOfQr = 4

/** The Code 128 of a product's code. */
export function barsOf(code: string): Drawing {
  const drawn: { encodings?: { data: string }[] } = {}
  JsBarcode(drawn, code, { format: 'CODE128' })
  const modules = drawn.encodings?.map(({ data }) => data).join('') ?? ''
  return {
    width: modules.length + 2 * quietOfBars,
    height: 1,
    path: lineThrough(modules.length, (place) => modules[place] === '1', quietOfBars, 0),
  }
}

/** The QR code of a product's code, of which 15 % may be damaged. */
export function qrOf(code: string): Drawing {
  const qr = qrcode(0, 'M')
  qr.addData(code, /^[0-9A-Z.-]+$/.test(code) ? 'Alphanumeric' : 'Byte')
  qr.make()
  const size = qr.getModuleCount()
  const lines = Array.from({ length: size }, (_, row) =>
    lineThrough(size, (place) => qr.isDark(row, place), quietOfQr, row + quietOfQr),
  )
  const side = size + 2 * quietOfQr
  return { width: side, height: side, path: lines.join('') }
}

/** A line through a row of modules: drawn where they are dark, moved on where they are not. */
function lineThrough(modules: number, isDark: (place: number) => boolean, left: number, top: number): string {
  let path = `M${left} ${top}.5`
  for (let start = 0, end = 0; start < modules; start = end) {
    const dark = isDark(start)
    while (end < modules && isDark(end) === dark) end++
    if (dark) path += `h${end - start}`
    else if (end < modules) path += `m${end - start} 0`
  }
  return path
}
