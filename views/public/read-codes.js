import BinaryBitmap from '@zxing/library/esm/core/BinaryBitmap.js'
import HybridBinarizer from '@zxing/library/esm/core/common/HybridBinarizer.js'
import DecodeHintType from '@zxing/library/esm/core/DecodeHintType.js'
import Code39Reader from '@zxing/library/esm/core/oned/Code39Reader.js'
import Code128Reader from '@zxing/library/esm/core/oned/Code128Reader.js'
import MultiFormatUPCEANReader from '@zxing/library/esm/core/oned/MultiFormatUPCEANReader.js'
import QRCodeReader from '@zxing/library/esm/core/qrcode/QRCodeReader.js'
import RGBLuminanceSource from '@zxing/library/esm/core/RGBLuminanceSource.js'

/** For browsers without a BarcodeDetector. It reads bars that lie across, and QR codes any way up. */
const hints = new Map([[DecodeHintType.TRY_HARDER, true]])
const readers = [new QRCodeReader(), new Code128Reader(), new MultiFormatUPCEANReader(hints), new Code39Reader()]

/** The text of a code in a picture; undefined where none can be read. */
export function readCode({ data, width, height }) {
  const source = new RGBLuminanceSource(greysOf(data), width, height)
  const bitmap = new BinaryBitmap(new HybridBinarizer(source))
  for (const reader of readers) {
    try {
      return reader.decode(bitmap, hints).getText()
    } catch {
      // It is said by an error that there is none.
    }
  }
  return undefined
}

function greysOf(data) {
  const greys = new Uint8ClampedArray(data.length / 4)
  for (let place = 0, at = 0; place < greys.length; place++, at += 4) {
    greys[place] = (data[at] * 306 + data[at + 1] * 601 + data[at + 2] * 117) >> 10
  }
  return greys
}
