// The provider ngrok: the settings that it needs, checked before anything is opened.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { DevHookError } from '../../core/errors.ts'
import { whyUnreadable } from '../../core/files/why-unreadable.ts'
import type { TunnelProvider } from '../provider.ts'

/** What ngrok needs of a config. */
export interface NgrokSettings {
  readonly ngrokAuthtoken: string | null
  /** Files in which it may be, and why they cannot be read. */
  readonly unreadable?: readonly string[]
  /** `null`: the account's own name. */
  readonly domain: string | null
  /** `host:port` of a custom agent ingress. */
  readonly ngrokServerAddr: string | null
  /** The PEM file of the CA of that ingress, absolute or from `cwd`. */
  readonly ngrokCa: string | null
  readonly cwd: string
  /** The proxy for https, which ngrok does not go through. */
  readonly proxies: { readonly https: string | null }
  /** How often an idle tunnel is probed, in ms. */
  readonly probe: number
}

/** Creates the provider that opens a tunnel through ngrok. */
export function ngrokProvider(settings: NgrokSettings): TunnelProvider {
  return {
    preflight: async () => {
      requireAuthtoken(settings)
      await readCa(settings)
    },
    opening: () => ({ url: null }),
    open: async ({ port, probe, env, withinMs }, signal) => {
      const { domain, ngrokServerAddr: serverAddr, proxies, probe: probeEveryMs } = settings
      const authtoken = requireAuthtoken(settings)
      const ca = await readCa(settings)
      // Only a run through ngrok pays for loading it.
      const { openNgrok } = await import('./open-ngrok.ts')
      const upstream = `127.0.0.1:${port}`
      const proxy = proxies.https
      const limitsMs = withinMs === undefined ? {} : { start: withinMs }
      const options = { authtoken, domain, serverAddr, ca, proxy, upstream, probe, probeEveryMs, limitsMs, env }
      return openNgrok(options, signal)
    },
  }
}

/** The authtoken; throws `ngrokTokenMissing` when there is none. */
export function requireAuthtoken(settings: Pick<NgrokSettings, 'ngrokAuthtoken' | 'unreadable'>): string {
  const { ngrokAuthtoken, unreadable = [] } = settings
  if (ngrokAuthtoken !== null) return ngrokAuthtoken
  const nowhere = 'there is no ngrok authtoken: NGROK_AUTHTOKEN is set neither in the environment nor in .env'
  if (unreadable.length === 0) throw new DevHookError('ngrokTokenMissing', nowhere)
  throw new DevHookError('ngrokTokenMissing', `${nowhere}, and ${unreadable.join(', and ')}`, {
    remedy: 'put that file right (`ngrok config check`), or put the authtoken into NGROK_AUTHTOKEN in `.env`',
  })
}

async function readCa({ ngrokCa, cwd }: NgrokSettings): Promise<string | null> {
  if (ngrokCa === null) return null
  try {
    return await readFile(resolve(cwd, ngrokCa), 'utf8')
  } catch (error) {
    throw new DevHookError('usage', `ngrokCa ${ngrokCa} cannot be read: ${whyUnreadable(error)}`, {
      cause: error,
      remedy: 'give the PEM file of the CA of your ngrok ingress with `--ngrok-ca`',
    })
  }
}
