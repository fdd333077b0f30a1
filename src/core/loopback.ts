// The addresses of `localhost`.
import type { LookupFunction } from 'node:net'

/** Many a hosts file knows only one of them, and the bot may listen on the other. */
export const LOOPBACK = ['127.0.0.1', '::1'] as const

/** Gives both, where the system may give only one. */
export const lookupLoopback: LookupFunction = (_hostname, _options, found) =>
  found(null, [
    { address: LOOPBACK[0], family: 4 },
    { address: LOOPBACK[1], family: 6 },
  ])
