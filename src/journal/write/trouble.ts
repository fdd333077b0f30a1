// Reports that the journal cannot be written: once when that begins, once when it is over.
import type { ErrorName } from '../../core/errors.ts'

/** Called when something is wrong with the journal, with its cause if something was thrown, and when it works again. */
export type OnTrouble = (kind: ErrorName, message: string, cause?: unknown) => void

export interface Trouble {
  /** Whether trouble was reported that is not over. */
  readonly isOn: boolean
  begin(message: string, cause?: unknown): void
  /** Counts a lost record; begins the trouble if there is none yet. */
  lost(message: string): void
  end(): void
}

/** Creates the reporter of a writer that has no trouble. */
export function createTrouble(onTrouble: OnTrouble): Trouble {
  let isOn = false
  let lost = 0

  function begin(message: string, cause?: unknown): void {
    if (isOn) return
    isOn = true
    onTrouble('stateUnwritable', message, cause)
  }

  return {
    get isOn() {
      return isOn
    },
    begin,
    lost: (message) => {
      lost += 1
      begin(message)
    },
    end: () => {
      const losses = lost === 0 ? 'nothing was lost' : `${lost} records were lost`
      isOn = false
      lost = 0
      onTrouble('stateRecovered', `the journal is written again; ${losses}`)
    },
  }
}
