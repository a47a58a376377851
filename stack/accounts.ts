import { execFileSync, spawnSync } from 'node:child_process'
import { dirname, relative } from 'node:path'

/** Who runs what where root started the stack; nginx changes its workers' account by itself. */
export type Account = 'bodega' | 'mysql'

const isRoot = process.getuid?.() === 0

/**
 * What goes before a command so that it runs as an unprivileged account: nothing where the stack itself is unprivileged.
 * Where a folder of root's own bars the way to the paths, the command gets a view of the file system in which that
 * folder holds these paths and nothing else.
 * @param paths all that the command needs and that may lie below such a folder; absolute
 * @throws {Error} with what to do where the account cannot have them
 */
export function asAccount(account: Account, paths: string[]): string[] {
  if (!isRoot) return []
  const identity = [`--reuid=${account}`, `--regid=${account}`, '--clear-groups']
  const handOver = ['setpriv', ...identity, '--pdeathsig', 'TERM', '--'] // after the identity, whose change clears it
  const views = barriers(handOver, paths).flatMap((barrier) => viewThrough(barrier, paths))
  const prefix = views.length ? ['unshare', '--mount', ...views, ...handOver] : handOver
  const unreadable = complaints(
    [...prefix, 'sh', '-c', 'for each; do test -r "$each" || echo "$each"; done', ''],
    paths,
  )
  if (unreadable.length === 0) return prefix
  throw new Error(
    `The user ${account} cannot read ${unreadable.join(', ')}. Give it leave, or clone Bodega below /srv or /opt.`,
  )
}

/** Gives a file or folder to an account; where the stack is not root's, all is the stack's own. */
export function own(path: string, account: Account): void {
  if (isRoot) execFileSync('chown', [`${account}:`, path])
}

/** Lets an account read a file or folder, which it may not change; nobody else may do either. */
export function letRead(path: string, account: Account): void {
  if (isRoot) execFileSync('chown', [`root:${account}`, path])
  execFileSync('chmod', [isRoot ? 'u=rwX,g=rX,o=' : 'u=rwX,go=', path])
}

/** The folders on the way to the paths that the account may not enter, each the first on its way. */
function barriers(handOver: string[], paths: string[]): string[] {
  const folders = [...new Set(paths.flatMap(ancestors))]
  const closed = complaints(
    [...handOver, 'sh', '-c', 'for each; do test -x "$each" || echo "$each"; done', ''],
    folders,
  )
  return closed.filter((folder) => !closed.includes(dirname(folder)))
}

function ancestors(path: string): string[] {
  const parent = dirname(path)
  return parent === path ? [] : [...ancestors(parent), parent]
}

/** An empty folder takes the barrier's place, and the paths are put into it from the one that it hides. */
const view = `
  cd "$0" && umask 022 && mount -t tmpfs -o mode=755 bodega "$0" || exit
  while [ "$1" != -- ]; do
    if [ -d "./$1" ]; then mkdir -p "$0/$1"; else mkdir -p "$0/$(dirname "$1")" && touch "$0/$1"; fi
    mount --no-canonicalize --bind "./$1" "$0/$1" || exit
    shift
  done
  shift && cd / && unset PWD OLDPWD && exec "$@"`

function viewThrough(barrier: string, paths: string[]): string[] {
  const within = paths.filter((path) => path.startsWith(`${barrier}/`)).map((path) => relative(barrier, path))
  return ['sh', '-c', view, barrier, ...within, '--']
}

/** The lines that a check prints about its arguments. */
function complaints([program, ...options]: string[], about: string[]): string[] {
  const { status, stdout } = spawnSync(program as string, [...options, ...about], { encoding: 'utf8' })
  return status === 0 ? stdout.split('\n').filter(Boolean) : about
}
