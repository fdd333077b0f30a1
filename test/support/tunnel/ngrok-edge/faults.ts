// What the edge does wrong on request: the switches that its other parts look at.

/** Where the edge can fall silent: TCP accepted and no TLS, or a request that gets no reply. */
export type Stage = 'tls' | 'auth' | 'bind' | 'unbind'

/** The switches as they stand now. */
export interface FaultState {
  readonly silent: Set<Stage>
  /** ngrok's codes, one for each request that is still to be refused. */
  readonly refusals: Readonly<Record<'auth' | 'bind', { code: number; times: number }>>
  beatsIgnored: boolean
  dark: boolean
  publicDelayMs: number
  /** How many public requests are still answered "no such endpoint". */
  hidden: number
}

/** Everything right. */
export function createFaultState(): FaultState {
  return {
    silent: new Set(),
    refusals: { auth: { code: 0, times: 0 }, bind: { code: 0, times: 0 } },
    beatsIgnored: false,
    dark: false,
    publicDelayMs: 0,
    hidden: 0,
  }
}

/** The code to refuse this request with, or `null`; uses one refusal up. */
export function nextRefusal(state: FaultState, what: 'auth' | 'bind'): number | null {
  const refusal = state.refusals[what]
  if (refusal.times <= 0) return null
  refusal.times -= 1
  return refusal.code
}

/** Puts every switch back. */
export function clearFaults(state: FaultState): void {
  Object.assign(state, { ...createFaultState(), silent: state.silent, refusals: state.refusals })
  state.silent.clear()
  state.refusals.auth.times = 0
  state.refusals.bind.times = 0
}
