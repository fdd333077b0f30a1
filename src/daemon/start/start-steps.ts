// The steps of a start: their names, in order, and how long each one took.
import type { Emit } from '../../core/notices.ts'

/** Every step of a start. Tests of "killed at any step" take them from here, so a new step is covered by itself. */
export const STEPS = ['check', 'state', 'gateway', 'tunnel', 'look', 'snapshot', 'claim', 'verify'] as const

export type Step = (typeof STEPS)[number]

export interface Steps {
  /** Announces a step, does it, and remembers how long it took. */
  run<T>(step: Step, work: () => Promise<T>): Promise<T>
  taken(): readonly { readonly name: Step; readonly ms: number }[]
}

/** Creates the record of one start. Steps may run side by side. */
export function createSteps(
  emit: Emit,
  version: string,
  signal: AbortSignal,
  now: () => number = () => performance.now(),
): Steps {
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
