// What became of the webhook at the end of a run: several releases depend on it.
import type { Emit, RestoreResult } from '../core/notices.ts'
import type { Registration } from '../core/ports.ts'

export interface Restoration {
  /** `nothing` until a restore is tried, `failed` while it is under way. */
  result(): RestoreResult
  /** Puts the platform back as it was, and announces what became of it. */
  restore(registration: Pick<Registration, 'restore'>): Promise<void>
}

/** Creates the restoration of a run, which leaves the platform as it is unless `wanted`. */
export function createRestoration(wanted: boolean, emit: Emit): Restoration {
  let result: RestoreResult = 'nothing'
  return {
    result: () => result,
    restore: async (registration) => {
      // The wait for it is bounded: what has no result by then has failed.
      result = 'failed'
      result = wanted ? await registration.restore() : 'nothing'
      emit({ type: 'restored', result })
    },
  }
}
