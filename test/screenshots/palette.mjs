// PNG pictures made small: their colours reduced to a palette of 256, which text and areas of one colour do not show.
import { deflateSync, inflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const MAX_COLOURS = 256

/** Reads a picture of 8 bits a channel, as Chromium writes it, and gives it with a palette. */
export function withPalette(png) {
  const { width, height, pixels } = decode(png)
  const counts = new Map()
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  const palette = paletteOf(counts)
  const nearest = new Map([...counts.keys()].map((colour) => [colour, nearestIn(palette, colour)]))
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = nearest.get(pixels[y * width + x])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  const colours = Buffer.from(palette.flatMap((colour) => channels(colour)))
  const parts = [
    chunk('IHDR', head),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND'),
  ]
  return Buffer.concat([SIGNATURE, ...parts])
}

const channels = (colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]

/** Halves the box of colours with the widest channel until there are enough boxes; each is the colour that most pixels in it have. */
function paletteOf(counts) {
  const boxes = [[...counts]]
  while (boxes.length < MAX_COLOURS) {
    const widest = boxes
      .map(spread)
      .reduce((best, one, n) => (one.range > best.range ? { ...one, n } : best), { range: 0 })
    if (widest.range === 0) break
    const box = boxes[widest.n].toSorted(([a], [b]) => channels(a)[widest.channel] - channels(b)[widest.channel])
    boxes.splice(widest.n, 1, box.slice(0, box.length >> 1), box.slice(box.length >> 1))
  }
  return boxes.map((box) => box.reduce((most, one) => (one[1] > most[1] ? one : most))[0])
}

function spread(box) {
  const ranges = [0, 1, 2].map((channel) => {
    const values = box.map(([colour]) => channels(colour)[channel])
    return values.reduce((a, b) => Math.max(a, b), 0) - values.reduce((a, b) => Math.min(a, b), 255)
  })
  const range = Math.max(...ranges)
  return { range: range * Math.log2(box.length + 1), channel: ranges.indexOf(range) }
}

function nearestIn(palette, colour) {
  const [r, g, b] = channels(colour)
  let best = 0
  let least = Infinity
  for (const [n, one] of palette.entries()) {
    const [red, green, blue] = channels(one)
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2
    if (distance < least) [best, least] = [n, distance]
  }
  return best
}

function decode(png) {
  const parts = []
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const [width, height, samples] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 6 ? 4 : 3]
  const rows = inflateSync(Buffer.concat(parts))
  const stride = width * samples
  const pixels = new Uint32Array(width * height)
  let above = Buffer.alloc(stride)
  for (let y = 0; y < height; y += 1) {
    const row = rows.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1))
    unfilter(rows[y * (stride + 1)], row, above, samples)
    for (let x = 0; x < width; x += 1) {
      const at = x * samples
      pixels[y * width + x] = (row[at] << 16) | (row[at + 1] << 8) | row[at + 2]
    }
    above = row
  }
  return { width, height, pixels }
}

function unfilter(filter, row, above, samples) {
  for (let x = 0; x < row.length; x += 1) {
    const left = x < samples ? 0 : row[x - samples]
    const corner = x < samples ? 0 : above[x - samples]
    row[x] += [0, left, above[x], (left + above[x]) >> 1, paeth(left, above[x], corner)][filter]
  }
}

function paeth(left, up, corner) {
  const guess = left + up - corner
  const [byLeft, byUp, byCorner] = [left, up, corner].map((one) => Math.abs(guess - one))
  if (byLeft <= byUp && byLeft <= byCorner) return left
  return byUp <= byCorner ? up : corner
}

function chunk(name, data = Buffer.alloc(0)) {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}

function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
