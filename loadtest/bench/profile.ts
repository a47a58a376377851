import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rollups } from 'd3-array'
import getPort from 'get-port'
import { currentBuild, replicaProgram } from '../../stack/checkout.js'
import { waitUntil } from '../../stack/processes.js'
import type { Table } from '../report/report.js'
import type { Page } from './pages.js'
import type { Systems } from './systems.js'
import { runWrk } from './wrk.js'

/** How many packages are named. */
const most = 25

type Load = { seconds: number; connections: number }

/** Where the time of a replica goes, page by page, by package and folder. */
export async function profilePages(systems: Systems, load: Load): Promise<Table[]> {
  const tables: Table[] = []
  for (const page of systems.pages) {
    const owners = ownersOf(await profile(systems, page, load))
    const all = owners.reduce((sum, [, time]) => sum + time, 0)
    const rows = owners.slice(0, most).map(([owner, time]) => [owner, Math.round((time / all) * 1000) / 10])
    tables.push({ title: `${page.name}: where a replica’s time goes`, head: ['owner', '%'], rows })
  }
  return tables
}

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  samples: number[]
  timeDeltas: number[]
}

/** Runs one more replica under V8's profiler, which wrk asks past nginx. */
async function profile({ environment, bodega }: Systems, page: Page, load: Load): Promise<CpuProfile> {
  const folder = mkdtempSync(join(tmpdir(), 'bodega-profile-'))
  const port = await getPort()
  const url = `http://127.0.0.1:${port}`
  const replica = spawn(
    process.execPath,
    ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${folder}`, ...replicaProgram(currentBuild())],
    {
      stdio: 'ignore',
      env: { ...environment, REPLICA_NAME: 'profiled', PORT: String(port) },
    },
  )
  const ready = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await waitUntil('the replica is not ready', 30, ready)
  runWrk({ ...bodega, url }, page, { ...load, connections: Math.ceil(load.connections / 3) })
  replica.kill('SIGTERM')
  await once(replica, 'exit')
  // The threads that hash and watch have profiles of their own, which are small.
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  rmSync(folder, { recursive: true })
  return JSON.parse(files.sort((one, other) => other.length - one.length)[0] as string)
}

/** The owners of the profile's time, those with the most first; not of the time without work. */
function ownersOf({ nodes, samples, timeDeltas }: CpuProfile): [string, number][] {
  const owner = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]))
  const times = samples.map((id, index) => ({ owner: owner.get(id) as string, time: timeDeltas[index] as number }))
  const sums = rollups(
    times.filter(({ owner }) => owner !== '(idle)'),
    (group) => group.reduce((sum, { time }) => sum + time, 0),
    ({ owner }) => owner,
  )
  return sums.sort(([, one], [, other]) => other - one)
}

/** A package, a folder of app/, a part of Node, or what V8 calls it. */
function ownerOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName.startsWith('(') ? functionName : `native ${functionName}`
  if (url.startsWith('node:')) return url
  if (!url.endsWith('.cjs')) return url.replace(/^.*\/views\//, 'views/').replace(/"$/, '')
  return moduleAt(url.replace('file://', ''), lineNumber)
}

const modules = new Map<string, { line: number; name: string }[]>()

/** esbuild writes above each module of its one file where that came from. */
function moduleAt(file: string, line: number): string {
  let known = modules.get(file)
  if (!known) {
    known = readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text, index) => {
        const [, name] =
          /^\s*\/\/ (?:.*node_modules\/((?:@[^/]+\/)?[^/]+)|(?:dist[^/]*\/)?app\/[\w/-]+)/.exec(text) ?? []
        return /^\s*\/\/ \S+\.(?:c|m)?js$/.test(text)
          ? [{ line: index, name: name ?? text.replace(/^.*\/(app\/)/, '$1').trim() }]
          : []
      })
    modules.set(file, known)
  }
  return known.findLast((each) => each.line <= line)?.name ?? '(bundle)'
}
