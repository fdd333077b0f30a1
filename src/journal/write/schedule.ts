// When the log is written: at once, or after a delay in which more may come; never twice at a time.
import { after } from '../../core/async.ts'
import type { Off } from '../../core/listeners.ts'

export interface WriteSchedule {
  /** Begins the work at once, unless it is under way. */
  begin(): void
  /** Begins the work after `ms` at the latest, unless it is under way. */
  beginWithin(ms: number): void
  /** Resolves once no work is under way. */
  idle(): Promise<void>
  /** Undoes `beginWithin`. */
  cancel(): void
}

type Phase =
  | { readonly is: 'idle' }
  | { readonly is: 'waiting'; readonly cancel: Off }
  | { readonly is: 'working'; readonly done: Promise<void> }

const IDLE: Phase = { is: 'idle' }

/** Creates the schedule of `work`, which must not reject. `ended` is called after it, and may begin it again. */
export function createSchedule(work: () => Promise<void>, ended: () => void): WriteSchedule {
  let phase: Phase = IDLE

  function cancel(): void {
    if (phase.is !== 'waiting') return
    phase.cancel()
    phase = IDLE
  }

  function begin(): void {
    cancel()
    if (phase.is !== 'idle') return
    const done = work().then(() => {
      phase = IDLE
      ended()
    })
    phase = { is: 'working', done }
  }

  return {
    begin,
    beginWithin: (ms) => {
      if (phase.is === 'idle') phase = { is: 'waiting', cancel: after(ms, begin) }
    },
    idle: async () => {
      if (phase.is === 'working') await phase.done
    },
    cancel,
  }
}
