import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

const everywhere = ['0.0.0.0', '::']

/** How the system is reached from this machine when it listens at an address. */
export function urlOf(scheme: 'http' | 'https', address: string, port: number): string {
  const byName = [...everywhere, '127.0.0.1', '::1'].includes(address)
  return `${scheme}://${byName ? 'localhost' : bracketed(address)}:${port}`
}

/** What nginx listens at. "localhost" is two addresses to a browser, where the machine has IPv6, and so is everywhere. */
export function listenAddresses(address: string): string[] {
  if (address === '::') return ['0.0.0.0', '[::]']
  const second = address === '127.0.0.1' && hasLoopback6() ? ['[::1]'] : []
  return [bracketed(address), ...second]
}

/** An address of IPv6 stands in brackets where a port follows. */
function bracketed(address: string): string {
  return isIPv6(address) ? `[${address}]` : address
}

function hasLoopback6(): boolean {
  return Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'))
}
