import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { waitUntil } from './processes.js'

/** The ports of a stack's own programs, for as long as they are held. */
export interface Ports {
  database: number
  replicas: number[]
  release(): void
}

/** The usual ports where they are free, so that operators find the replicas where they look; else any. */
export async function choosePorts(): Promise<Ports> {
  const held: Server[] = []
  for (const usual of [3307, 3001, 3002, 3003]) held.push(await hold(usual))
  const [database, ...replicas] = held.map(portOf) as [number, ...number[]]
  const release = () => {
    for (const each of held) each.close()
  }
  return { database, replicas, release }
}

/** @throws {Error} when another program listens there; one that is just ending is waited for */
export async function portIsFree(setting: string, address: string, port: number): Promise<void> {
  let problem: string | undefined
  await waitUntil('', 2, async () => {
    problem = await listenProblem(address, port)
    return problem !== 'EADDRINUSE'
  }).catch(() => {
    throw new Error(
      `Port ${port} is in use by another program. Stop that, or choose another port: ${setting}=${port + 1} npm start`,
    )
  })
  if (problem) throw new Error(`Nothing can listen at ADDRESS=${address} on port ${port}: ${problem}`)
}

/** The code of the error that listening ends with, if it does. */
async function listenProblem(host: string, port: number): Promise<string | undefined> {
  try {
    const server = await listen(host, port)
    server.close()
    await once(server, 'close')
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}

/**
 * Holds a port that is free. Stacks that start at once would find the same ones free, because the programs listen there
 * only later; so each holds its own at an address of the loopback network that nobody else uses.
 */
async function hold(usual: number): Promise<Server> {
  for (let port = usual; ; port = 0) {
    const holding = listen('127.0.0.2', port)
    const holder = port === usual ? await holding.catch(() => undefined) : await holding
    if (holder && !(await listenProblem('127.0.0.1', portOf(holder)))) return holder.unref()
    holder?.close()
  }
}

async function listen(host: string, port: number): Promise<Server> {
  const server = createServer()
  server.listen({ host, port, exclusive: true })
  await once(server, 'listening')
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
