// The tunnel as the doctor tries it: its settings by their form, then, unless that is not wanted, the tunnel itself.
import type { Config } from '../config/load.ts'
import { authtokenProblem } from '../config/ngrok/ngrok-token.ts'
import { DevHookError } from '../core/errors.ts'
import { type TriedTunnel, tryTunnel } from '../daemon/offline/try-tunnel.ts'
import type { DaemonOptions } from '../daemon/types.ts'
import { requireAuthtoken } from '../tunnel/ngrok/ngrok.ts'

/** What is known of a tunnel: nothing where it is not tried, or a run on this machine has it. */
export type TunnelTrial =
  | ({ readonly is: 'open' } & TriedTunnel)
  | { readonly is: 'not-needed' }
  | { readonly is: 'offline' }
  | { readonly is: 'in-use'; readonly by: string }

export interface TunnelTrialRequest extends Pick<DaemonOptions, 'config' | 'env' | 'who'> {
  readonly offline: boolean
  /** Finds the run on this machine that has the bot; `null` when there is none. */
  readonly running: () => Promise<string | null>
}

/** Tries the tunnel of a config. Rejects with what would end a run. */
export async function tryTunnelOf(request: TunnelTrialRequest, signal: AbortSignal): Promise<TunnelTrial> {
  const { config, offline, running } = request
  if (config.url === null && config.tunnel !== 'ngrok') return { is: 'not-needed' }
  if (config.url === null) {
    assertAuthtoken(config)
    const wrong = domainProblem(config)
    if (wrong !== null) throw wrong
  }
  if (offline) return { is: 'offline' }
  // An account may have one session only, and a name one agent: a second one is refused, whatever is right.
  const by = await running()
  if (by !== null) return { is: 'in-use', by }
  return { is: 'open', ...(await tryTunnel(request, signal)) }
}

/** Checks the form of the authtoken. Throws `ngrokTokenMissing` or `ngrokTokenRefused`. */
function assertAuthtoken(config: Config): void {
  const problem = authtokenProblem(requireAuthtoken(config))
  if (problem === null) return
  throw new DevHookError('ngrokTokenRefused', `the authtoken in ${authtokenSource(config)} is ${problem}`)
}

export const authtokenSource = ({ sources }: Config): string => sources.ngrokAuthtoken ?? 'the config'

const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i

/** What is wrong with the form of the domain; `null` when nothing is. */
export function domainProblem({ domain, sources }: Config): DevHookError | null {
  if (domain === null || HOST_NAME.test(domain)) return null
  return new DevHookError('usage', `domain ${domain} (from ${sources.domain}) is not a host name`, {
    remedy: 'give a name such as bot.ngrok.app, without https:// or a path',
  })
}
