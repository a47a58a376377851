import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { bundle } from './bundle.js'

/**
 * The frames of a stack, those of the bundle by their places in the sources: app/users/store.ts:42:7.
 * @param message with which the stack begins; what somebody typed may stand in it, and look like a frame
 */
export function framesOf(stack: string, message: string): string[] {
  const from = stack.indexOf(message)
  const lines = stack.slice(from < 0 ? 0 : from + message.length).split('\n')
  return lines.filter((line) => line.startsWith('    at ')).map((frame) => frame.replace(inBundle, sourceOf))
}

const inBundle = /\/[^()]*\/server\.cjs:(\d+):(\d+)/

function sourceOf(place: string, line: string, column: string): string {
  map ??= readMap()
  const { originalSource, originalLine, originalColumn } = map.findEntry(Number(line) - 1, Number(column) - 1) as Entry
  if (!originalSource) return place // a package's
  return `${originalSource.replace(/^(\.\.\/)+/, '')}:${originalLine + 1}:${originalColumn + 1}`
}

let map: SourceMap | undefined

/** Read at the first error: a replica that starts has no time for it. */
function readMap(): SourceMap {
  return new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')))
}

type Entry = Partial<{ originalSource: string }> & { originalLine: number; originalColumn: number }
