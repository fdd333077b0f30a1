// Trying an authtoken at the tunnel provider: the tunnel is opened with it once.
import { authtokenProblem } from '../config/ngrok/ngrok-token.ts'
import { DevHookError } from '../core/errors.ts'
import { type TriedTunnel, tryTunnel } from '../daemon/offline/try-tunnel.ts'
import type { DaemonOptions } from '../daemon/types.ts'

/** What trying an authtoken has shown; `unknown` says why that is nothing. */
export type AuthtokenTrial =
  | { readonly is: 'good'; readonly tried: TriedTunnel }
  | { readonly is: 'refused'; readonly error: DevHookError }
  | { readonly is: 'unknown'; readonly error: DevHookError }

/** Tries an authtoken, unless its form is wrong already. Rejects only when the signal is aborted. */
export async function tryAuthtoken(
  authtoken: string,
  { config, env, who }: Pick<DaemonOptions, 'config' | 'env' | 'who'>,
  signal: AbortSignal,
): Promise<AuthtokenTrial> {
  const problem = authtokenProblem(authtoken)
  if (problem !== null) return { is: 'refused', error: new DevHookError('ngrokTokenRefused', `that is ${problem}`) }
  try {
    // The gateway of a run may have the port.
    const given = { ...config, ngrokAuthtoken: authtoken, gatewayPort: null }
    return { is: 'good', tried: await tryTunnel({ config: given, env, who }, signal) }
  } catch (error) {
    if (!(error instanceof DevHookError) || signal.aborted) throw error
    return { is: error.is('ngrokTokenRefused') ? 'refused' : 'unknown', error }
  }
}
