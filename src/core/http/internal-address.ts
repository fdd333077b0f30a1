// Addresses that mean something else in each network: this machine, the private network around it, the services of a cloud.
import { lookup } from 'node:dns'
import { lookup as lookUp } from 'node:dns/promises'
import { BlockList, isIP, type LookupFunction } from 'node:net'

const INTERNAL = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  INTERNAL.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  INTERNAL.addSubnet(network, prefix, 'ipv6')

/** An IPv4 address in the last 32 bits: mapped, compatible, translated (RFC 6052). */
const EMBEDDING = new BlockList()
EMBEDDING.addSubnet('::', 96, 'ipv6')
EMBEDDING.addSubnet('64:ff9b::', 96, 'ipv6')

/** Whether an IP address is not one of the public internet. */
export function isInternalAddress(address: string): boolean {
  if (isIP(address) !== 6) return INTERNAL.check(address, 'ipv4')
  // An IPv4-mapped address (`::ffff:10.0.0.1`) is checked by BlockList as the IPv4 address that it is.
  if (INTERNAL.check(address, 'ipv6')) return true
  return EMBEDDING.check(address, 'ipv6') && INTERNAL.check(lastFourBytes(address), 'ipv4')
}

/** The IPv4 address at the end of an IPv6 one, as a URL writes it: in hexadecimal digits. */
function lastFourBytes(address: string): string {
  const [low = '0', high = '0'] = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':').reverse()
  const bytes = [high, low].flatMap((digits) => {
    const value = Number.parseInt(digits === '' ? '0' : digits, 16)
    return [value >> 8, value & 255]
  })
  return bytes.join('.')
}

/** The IP address that a host name of a URL is; `null` for a name. */
function literal(hostname: string): string | null {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return isIP(bare) === 0 ? null : bare
}

/** Whether a host of a URL leads into an internal network, as far as this machine knows; a name that nobody knows does not. */
export async function leadsInside(hostname: string): Promise<boolean> {
  const address = literal(hostname)
  if (address !== null) return isInternalAddress(address)
  // A name that is not known leads nowhere.
  const found = await lookUp(hostname, { all: true }).catch(() => [])
  return found.some((entry) => isInternalAddress(entry.address))
}

/** Whether a host of a URL is an internal address itself. What a name leads to is seen only when it is looked up. */
export const isInternalLiteral = (hostname: string): boolean => {
  const address = literal(hostname)
  return address !== null && isInternalAddress(address)
}

/** Looks a name up for a connection, and fails where any of its addresses is internal: what was checked is what is connected to. */
export const lookupPublic: LookupFunction = (hostname, options, found) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return found(error, [])
    if (addresses.some(({ address }) => isInternalAddress(address)))
      return found(new Error(`${hostname} leads into a private network`), [])
    const [first] = addresses
    if (options.all === true || first === undefined) return found(null, addresses)
    found(null, first.address, first.family)
  })
}
