/** The camera reads a code, and the server says where that leads. */
const part = document.querySelector('#scan')
const finder = part.querySelector('.viewfinder')
const video = part.querySelector('video')
const button = part.querySelector('button')
const formats = ['code_128', 'qr_code', 'ean_13', 'ean_8', 'upc_a', 'upc_e', 'code_39']

/** Pixels across a picture that is looked at, and milliseconds from one to the next. */
const width = 960
const pause = 80

let stream

part.hidden = false
if (navigator.mediaDevices) {
  button.hidden = false
  button.addEventListener('click', start)
  window.addEventListener('pagehide', stop)
} else {
  say(window.isSecureContext ? 'none' : 'insecure')
}

async function start() {
  button.hidden = true
  say('starting')
  try {
    const wanted = { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 960 } }
    const read = await reader()
    stream = video.srcObject = await navigator.mediaDevices.getUserMedia({ video: wanted })
    finder.hidden = false
    await video.play()
    say('looking')
    await look(read)
  } catch (error) {
    stop()
    say(error.name === 'NotAllowedError' ? 'refused' : 'none')
  }
}

/** A code counts once it was read twice: a blurred one may be read wrong. */
async function look(read) {
  let before
  while (stream) {
    const code = await read()
    if (code && code === before) return open(code)
    before = code || before
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}

function open(code) {
  navigator.vibrate?.(60)
  stop()
  say('found')
  location.assign(`/scan?${new URLSearchParams({ code: code.slice(0, 200) })}`)
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop()
  stream = undefined
  finder.hidden = true
  button.hidden = false
}

/** What reads the video: the browser, or what is loaded for those that cannot. */
async function reader() {
  const own = window.BarcodeDetector ? await window.BarcodeDetector.getSupportedFormats() : []
  if (own.includes('code_128') && own.includes('qr_code')) {
    const detector = new window.BarcodeDetector({ formats: formats.filter((each) => own.includes(each)) })
    return async () => (await detector.detect(video).catch(() => []))[0]?.rawValue
  }
  const { readCode } = await import(part.dataset.reader)
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return () => {
    canvas.width = width
    canvas.height = Math.round((width * video.videoHeight) / video.videoWidth)
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    return readCode(context.getImageData(0, 0, canvas.width, canvas.height))
  }
}

function say(what) {
  part.querySelector('[role=status]').textContent = part.dataset[what]
}
