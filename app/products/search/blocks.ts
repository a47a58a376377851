/**
 * The index says for each term and each block of products which of them have it: as a list of their positions in the
 * block or as a bitmap, whichever is shorter, like the containers of Roaring bitmaps (Lemire et al., 2016).
 */
export type Positions = Buffer

/** Products in a block. */
export const blockSize = 16_384

export function blockOf(productId: number): number {
  return Math.floor(productId / blockSize)
}

export function positionOf(productId: number): number {
  return productId % blockSize
}

export function productAt(block: number, position: number): number {
  return block * blockSize + position
}

/** The byte of a bitmap in which the bit of a position is. */
export function byteOf(position: number): number {
  return position >> 3
}

export function setBit(bits: Buffer, position: number): void {
  bits[byteOf(position)] = (bits[byteOf(position)] as number) | (1 << (position & 7))
}

/** Adds the positions of a part of the block's bitmap, which begins at this byte. */
export function add(set: Positions | undefined, bits: Buffer, start: number): Positions {
  const all = Buffer.alloc(blockSize / 8)
  if (set) bitsOf(set).copy(all)
  for (let index = 0; index < bits.length; index++) {
    all[start + index] = (all[start + index] as number) | (bits[index] as number)
  }
  return encode(all)
}

/** The positions that are in all of the sets, the highest first. */
export function intersection(sets: Positions[]): number[] {
  const [smallest, ...others] = sets.toSorted((one, other) => one.length - other.length)
  if (!smallest) return []
  const bits = others.map(bitsOf)
  if (smallest[0] === list)
    return positionsIn(smallest)
      .filter((at) => bits.every((each) => hasBit(each, at)))
      .reverse()
  const common = Buffer.from(smallest.subarray(1))
  for (const each of bits) {
    for (let index = 0; index < common.length; index++) {
      common[index] = (common[index] as number) & (each[index] ?? 0)
    }
  }
  return positionsOf(common).reverse()
}

/** No positions. */
export const nowhere: Positions = Buffer.of(0)

const list = 0
const bitmap = 1

function encode(bits: Buffer): Positions {
  let [count, length] = [0, 0]
  for (let index = 0; index < bits.length; index++) {
    const byte = bits[index] as number
    if (byte === 0) continue
    count += ones[byte] as number
    length = index + 1
  }
  const used = bits.subarray(0, length)
  return 2 * count < length ? listOf(positionsOf(used)) : Buffer.concat([Buffer.of(bitmap), used])
}

function listOf(positions: number[]): Positions {
  const set = Buffer.alloc(1 + 2 * positions.length, list)
  for (const [index, position] of positions.entries()) set.writeUInt16LE(position, 1 + 2 * index)
  return set
}

/** The positions in their order. */
function positionsIn(set: Positions): number[] {
  if (set[0] === bitmap) return positionsOf(set.subarray(1))
  const positions: number[] = []
  for (let at = 1; at < set.length; at += 2) positions.push((set[at] as number) | ((set[at + 1] as number) << 8))
  return positions
}

function bitsOf(set: Positions): Buffer {
  if (set[0] === bitmap) return set.subarray(1)
  const bits = Buffer.alloc(blockSize / 8)
  for (const position of positionsIn(set)) setBit(bits, position)
  return bits
}

function positionsOf(bits: Buffer): number[] {
  const positions: number[] = []
  for (let index = 0; index < bits.length; index++) {
    const byte = bits[index] as number
    for (let bit = 0; byte >> bit; bit++) if (byte & (1 << bit)) positions.push(8 * index + bit)
  }
  return positions
}

/** Also where the bits end before the position. */
function hasBit(bits: Buffer, position: number): boolean {
  return ((bits[byteOf(position)] ?? 0) & (1 << (position & 7))) !== 0
}

/** How many bits are set in each byte. */
const ones = Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)
