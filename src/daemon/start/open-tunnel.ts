// Which way the public URL reaches the gateway, as the config says.
import { readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Forwarding } from '../../config/forwarding.ts'
import type { Config } from '../../config/load.ts'
import { DevHookError, ERRORS, messageOf } from '../../core/errors.ts'
import { type HookAddress, withoutCredentials } from '../../core/hook-url.ts'
import type { NoticeBody } from '../../core/notices.ts'
import type { Gateway, Tunnel } from '../../core/ports.ts'
import { openExternal } from '../../tunnel/external.ts'
import { openLoopback } from '../../tunnel/loopback.ts'
import { createProbe } from '../../tunnel/probe.ts'

/** Opens the tunnel; it has answered a challenge of our own when this resolves. */
export async function openTunnel(
  config: Config,
  gateway: Gateway,
  address: HookAddress,
  signal: AbortSignal,
): Promise<Tunnel> {
  const { url, domain, probe: probeEveryMs } = config
  const { proxies } = config
  const probe = createProbe(address, { proxies })
  if (url !== null) {
    return openExternal({ url, probe, probeEveryMs }, signal).catch((error: unknown) => {
      throw config.forwarding === null ? error : aboutForwarding(error, config.forwarding)
    })
  }
  if (config.tunnel === 'loopback') return openLoopback(gateway.url)
  const authtoken = ngrokAuthtoken(config)
  const ca = await readCa(config)
  const { openNgrok } = await import('../../tunnel/ngrok/ngrok.ts')
  const upstream = `127.0.0.1:${gateway.port}`
  const { ngrokServerAddr: serverAddr } = config
  try {
    return await openNgrok({ authtoken, domain, serverAddr, ca, upstream, probe, probeEveryMs }, signal)
  } catch (error) {
    throw proxies.https === null ? error : aboutProxy(error, proxies.https)
  }
}

/** What is announced before it is open. */
export function openingTunnel({ forwarding }: Pick<Config, 'forwarding'>, port: number): NoticeBody {
  const opening = { type: 'tunnel', state: 'opening' } as const
  if (forwarding === null) return { ...opening, url: null }
  return { ...opening, url: forwarding.url, forwarded: { by: forwarding.by, port } }
}

/** A forwarded port is for its owner alone until somebody opens it. */
function aboutForwarding(error: unknown, { by, publish }: Forwarding): unknown {
  if (!(error instanceof DevHookError) || !error.is('tunnelUnreachable')) return error
  return new DevHookError('tunnelUnreachable', error.message, {
    cause: error,
    remedy: `open the port to everybody (${publish}, or the Ports panel), or put an ngrok authtoken into .env in place of what ${by} brings`,
  })
}

/** The ngrok SDK knows no proxies: behind one, its failure to connect has that cause more often than any other. */
function aboutProxy(error: unknown, proxy: string): unknown {
  // One with a remedy of its own was refused by ngrok, and so has reached it.
  if (!(error instanceof DevHookError) || error.remedy !== ERRORS.tunnelFailed.remedy) return error
  const remedy =
    `ngrok does not go through an HTTP proxy (${withoutCredentials(proxy)}): let this machine connect to ` +
    'connect.ngrok-agent.com:443 directly, or bring a public URL of your own with `--url`'
  return new DevHookError('tunnelFailed', error.message, { cause: error, remedy })
}

/** Checks what can be checked before anything is opened. */
export function ngrokAuthtoken({ ngrokAuthtoken: token }: Config): string {
  if (token !== null) return token
  throw new DevHookError(
    'ngrokTokenMissing',
    'there is no ngrok authtoken: NGROK_AUTHTOKEN is set neither in the environment nor in .env',
  )
}

async function readCa({ ngrokCa, cwd }: Config): Promise<string | null> {
  if (ngrokCa === null) return null
  const file = isAbsolute(ngrokCa) ? ngrokCa : join(cwd, ngrokCa)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new DevHookError('usage', `ngrokCa ${ngrokCa} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
