// A no-op tunnel: the gateway's own address, for a platform on this machine.
import type { Tunnel } from '../core/ports.ts'

/** A tunnel from `gatewayUrl` (`http://127.0.0.1:<port>`) to itself; always online. */
export function openLoopback(gatewayUrl: string): Tunnel {
  return {
    current: () => ({ state: 'online', url: gatewayUrl }),
    on: () => () => {},
    markActive: () => {},
    close: async () => {},
  }
}
