import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runs } from './processes.js'

/** What other programs of this machine may know of a running stack. It names the files of the secrets, not the secrets. */
export interface StackRecord {
  pid: number
  url: string
  /** Where the databases are and with which accounts they are used, as environment variables. */
  settings: NodeJS.ProcessEnv
}

export function writeStackRecord(folder: string, record: StackRecord): void {
  writeFileSync(`${fileIn(folder)}.new`, JSON.stringify(record, null, 2))
  renameSync(`${fileIn(folder)}.new`, fileIn(folder))
}

export function removeStackRecord(folder: string): void {
  rmSync(fileIn(folder), { force: true })
}

/** The stack that runs in this folder, or undefined where none does. */
export function readStackRecord(folder: string): StackRecord | undefined {
  if (!existsSync(fileIn(folder))) return undefined
  const record = JSON.parse(readFileSync(fileIn(folder), 'utf8')) as StackRecord
  return runs(record.pid, 'node') ? record : undefined
}

function fileIn(folder: string): string {
  return join(folder, 'stack.json')
}
