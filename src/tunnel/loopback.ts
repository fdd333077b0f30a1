// A no-op tunnel: the gateway's own address, for a platform on this machine.
import type { TunnelProvider } from './provider.ts'

/** Creates the provider that opens nothing: the public URL is the gateway's, and always online. */
export function loopbackProvider(): TunnelProvider {
  return {
    preflight: async () => {},
    opening: () => ({ url: null }),
    open: async ({ port }) => ({
      current: () => ({ state: 'online', url: `http://127.0.0.1:${port}` }),
      on: () => () => {},
      markActive: () => {},
      close: async () => {},
    }),
  }
}
