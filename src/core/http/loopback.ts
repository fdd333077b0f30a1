// This machine under its own names: the addresses of `localhost`, and whether a host is one of them.
import type { LookupFunction } from 'node:net'

/** In the order in which they are tried. Many a hosts file knows only one of them, and the bot may listen on the other. */
export const LOOPBACK = ['127.0.0.1', '::1'] as const

/** Gives both, where the system may give only one. */
export const lookupLoopback: LookupFunction = (_hostname, _options, found) =>
  found(null, [
    { address: LOOPBACK[0], family: 4 },
    { address: LOOPBACK[1], family: 6 },
  ])

const NAMES: ReadonlySet<string> = new Set(['localhost', LOOPBACK[0], `[${LOOPBACK[1]}]`])

/** True for a host name of a URL that never leaves this machine. */
export const isLoopback = (hostname: string): boolean => NAMES.has(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname)
