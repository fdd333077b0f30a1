// Ids of events and deliveries as the platform makes them: UUIDs of version 1, which hold the time.
// Source: developers.web1on1.chat/webhooks/payloads, RFC 9562.
import { randomBytes } from 'node:crypto'

/** From 15 October 1582, from which such a UUID counts, to 1970, in ms. */
const GREGORIAN_MS = 12_219_292_800_000
/** How many of them there may be within a millisecond. */
const TICKS = 10_000
/** Random in place of a machine's address, as the bit for "multicast" says; the same for all of a process. */
const NODE = randomBytes(8)
NODE.writeUInt8(NODE.readUInt8(2) | 1, 2)
NODE.writeUInt8((NODE.readUInt8(0) & 0x3f) | 0x80, 0)

let made = 0

/** A new one, made at a time in milliseconds since the epoch. */
export function timeUuid(ms: number): string {
  made = (made + 1) % TICKS
  const ticks = BigInt(Math.floor(ms) + GREGORIAN_MS) * BigInt(TICKS) + BigInt(made)
  const time = (ticks & ((1n << 60n) - 1n)).toString(16).padStart(15, '0')
  const node = NODE.toString('hex')
  return `${time.slice(7)}-${time.slice(3, 7)}-1${time.slice(0, 3)}-${node.slice(0, 4)}-${node.slice(4)}`
}
