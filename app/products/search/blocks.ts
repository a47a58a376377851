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

export function setBit(bits: Uint8Array, position: number): void {
  bits[byteOf(position)] = (bits[byteOf(position)] as number) | (1 << (position & 7))
}

/** Adds the positions of a part of the block's bitmap, which begins at this byte. */
export function add(set: Positions | undefined, bits: Buffer, start: number): Positions {
  const all = noBits()
  decode(set ?? nowhere, all)
  const bytes = new Uint8Array(all.buffer)
  for (let index = 0; index < bits.length; index++) {
    bytes[start + index] = (bytes[start + index] as number) | (bits[index] as number)
  }
  return encode(all)
}

/** The positions that are in all of the sets, the highest first. */
export function intersection(sets: Positions[]): number[] {
  const [smallest, ...others] = sets.toSorted((one, other) => one.length - other.length)
  if (!smallest) return []
  decode(smallest, common)
  for (const set of others) {
    decode(set, next)
    for (let index = 0; index < common.length; index++) {
      common[index] = (common[index] as number) & (next[index] as number)
    }
  }
  return positionsOf(common).reverse()
}

/** No positions. */
export const nowhere: Positions = Buffer.of(0)

const list = 0
const bitmap = 1

function encode(bits: Bits): Positions {
  const bytes = Buffer.from(bits.buffer)
  const length = bytes.findLastIndex((byte) => byte !== 0) + 1
  const positions = positionsOf(bits)
  if (2 * positions.length >= length) return Buffer.concat([Buffer.of(bitmap), bytes.subarray(0, length)])
  const set = Buffer.alloc(1 + 2 * positions.length, list)
  for (const [index, position] of positions.entries()) set.writeUInt16LE(position, 1 + 2 * index)
  return set
}

/** The bitmap of a whole block, 32 positions in each number, little-endian. */
type Bits = Int32Array<ArrayBuffer>

function noBits(): Bits {
  return new Int32Array(blockSize / 32)
}

/** Used again and again, because a search decodes hundreds of sets, and their memory would keep the garbage collector busy. */
const [common, next] = [noBits(), noBits()]

function decode(set: Positions, bits: Bits): void {
  const bytes = new Uint8Array(bits.buffer)
  bytes.fill(0)
  if (set[0] === bitmap) bytes.set(set.subarray(1))
  else for (let at = 1; at < set.length; at += 2) setBit(bytes, (set[at] as number) | ((set[at + 1] as number) << 8))
}

function positionsOf(bits: Bits): number[] {
  const positions: number[] = []
  for (let index = 0; index < bits.length; index++) {
    for (let rest = bits[index] as number; rest !== 0; rest &= rest - 1) {
      positions.push(32 * index + 31 - Math.clz32(rest & -rest))
    }
  }
  return positions
}
