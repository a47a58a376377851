import { Resolver } from 'node:dns/promises'
import { hostname, networkInterfaces } from 'node:os'

/**
 * The name that an operator can kill this replica by. In a container that is the container's, which Docker's name
 * server tells for its address ("bodega-app-1.bodega_back"); where there is none, the host name, there the container's id.
 */
export async function findReplicaName(): Promise<string> {
  const resolver = new Resolver({ timeout: 500, tries: 1 })
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
  for (const { address } of addresses) {
    // Asked as a plain query: reverse() would find the container's id in /etc/hosts first.
    const [name] = await resolver.resolvePtr(`${address.split('.').reverse().join('.')}.in-addr.arpa`).catch(() => [])
    if (name) return name.split('.')[0] as string
  }
  return hostname()
}
