// The steps of a start: their names, in order, and how long each one took.
import { monotonic } from '../../core/async.ts'
import type { Emit } from '../../core/notices.ts'

/** Every step of a start. Tests of "killed at any step" take them from here, so a new step is covered by itself. */
export const STEPS = ['check', 'state', 'gateway', 'tunnel', 'look', 'snapshot', 'claim', 'verify'] as const

export type Step = (typeof STEPS)[number]

/** The steps of one start. */
export interface Steps {
  /** Announces a step, does its work, and records how long that took. Throws before that once the end has begun. */
  run<T>(step: Step, work: () => Promise<T>): Promise<T>
  /** The steps that are done, in the order in which they were. */
  taken(): readonly { readonly name: Step; readonly ms: number }[]
}

/** Creates the steps of one start, none of them begun; they may run side by side. `signal`: the end has begun. */
export function createSteps(emit: Emit, version: string, signal: AbortSignal, now: () => number = monotonic): Steps {
  const taken: { name: Step; ms: number }[] = []
  return {
    run: async (step, work) => {
      signal.throwIfAborted()
      emit({ type: 'starting', version, step })
      const before = now()
      const result = await work()
      // What it acquired is handed on even if the end has begun meanwhile: only then can it be released.
      taken.push({ name: step, ms: Math.round((now() - before) * 10) / 10 })
      return result
    },
    taken: () => taken,
  }
}
