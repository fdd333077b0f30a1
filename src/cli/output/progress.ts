// Steps that take longer than a moment, named while they do, in words for people.

import { after, monotonic } from '../../core/async.ts'
import type { Off } from '../../core/listeners.ts'
import type { Step } from '../../daemon/start/start-steps.ts'

/** What is faster needs no line of its own. */
const SLOW_MS = 1_000

export interface Progress {
  step(name: string): void
  end(): void
}

/** Steps that begin within this time of each other are under way side by side. */
const TOGETHER_MS = 100

const WORDS: Readonly<Record<Step, string>> = {
  check: 'checking the configuration',
  state: 'opening the record',
  gateway: 'opening the gateway',
  tunnel: 'opening the tunnel',
  look: 'reading the webhook',
  snapshot: 'saving the current webhook',
  claim: 'claiming the webhook',
  verify: 'waiting for the verification',
}

/** A step of the start in words; any other step is its own name. */
const wordsOf = new Map<string, string>(Object.entries(WORDS))

/** Creates the progress of a command. `show` is called with the steps under way when none has begun for a second. */
export function createProgress(show: (steps: string) => void): Progress {
  let cancel: Off | undefined
  let began = 0
  let under: string[] = []
  return {
    step: (name) => {
      cancel?.()
      const now = monotonic()
      if (now - began > TOGETHER_MS) under = []
      began = now
      under.push(wordsOf.get(name) ?? name)
      cancel = after(SLOW_MS, () => show(under.join(', ')))
    },
    end: () => cancel?.(),
  }
}
