import { reverse } from 'node:dns/promises'
import { hostname, networkInterfaces } from 'node:os'

/**
 * The name that an operator can kill this replica by. In a container that is the container's, which Docker's own name
 * server tells for its address ("bodega-app-1.bodega_back"); where it does not, the host name, which is the container's id.
 */
export async function findReplicaName(): Promise<string> {
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
  for (const { address } of addresses) {
    const [name] = await reverse(address).catch(() => [])
    if (name) return name.split('.')[0] as string
  }
  return hostname()
}
