// Faults of the emulated API, switched on and off while the sandbox runs.

/**
 * What goes wrong. `match` is tested against `METHOD /path?query`, default everything; `times` is how often, default
 * until it is switched off; `delayMs` passes first. `after` lets the work be done, so that only its answer goes wrong.
 */
export type ApiFault = {
  readonly match?: RegExp
  readonly times?: number
  readonly delayMs?: number
  readonly after?: boolean
} & (
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly drop: true }
  | { readonly delayMs: number }
)

export interface Faults {
  /** The fault of the API; setting one starts its count anew, `null` switches it off. */
  api: ApiFault | null
}

export interface FaultSwitches {
  readonly switches: Faults
  /** The fault that hits this call at this stage, counted; `null` when there is none. */
  take(call: string, stage: 'before' | 'after'): ApiFault | null
}

/** Creates the switches of the faults, all off. */
export function createFaults(): FaultSwitches {
  let fault: ApiFault | null = null
  let taken = 0
  return {
    switches: {
      get api() {
        return fault
      },
      set api(next) {
        fault = next
        taken = 0
      },
    },
    take: (call, stage) => {
      if (fault === null || (fault.after === true) !== (stage === 'after')) return null
      if (fault.match?.test(call) === false) return null
      if (taken >= (fault.times ?? Number.POSITIVE_INFINITY)) return null
      taken += 1
      return fault
    },
  }
}
