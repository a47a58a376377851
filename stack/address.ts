import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

const everywhere = ['0.0.0.0', '::']

/** How the system is reached from this machine when it listens at an address; an address of IPv6 stands in brackets. */
export function urlOf(address: string, port: number): string {
  const byName = [...everywhere, '127.0.0.1', '::1'].includes(address)
  return `http://${byName ? 'localhost' : bracketed(address)}:${port}`
}

/** nginx's directives. "localhost" is two addresses to a browser, where the machine has IPv6. */
export function listenDirectives(address: string, port: number): string {
  const second = address === '127.0.0.1' && hasLoopback6() ? `listen [::1]:${port} default_server;` : ''
  const both = address === '::' ? ' ipv6only=off' : ''
  return [`listen ${bracketed(address)}:${port} default_server${both};`, second].join('\n')
}

function bracketed(address: string): string {
  return isIPv6(address) ? `[${address}]` : address
}

function hasLoopback6(): boolean {
  return Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'))
}
