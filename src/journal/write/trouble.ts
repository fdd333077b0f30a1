// What is reported when the record cannot be written: once when it begins, once when it is over.
import type { ErrorName } from '../../core/errors.ts'

/** Called with what is wrong with the record, and when it is well again. */
export type OnTrouble = (kind: ErrorName, message: string) => void

export interface Trouble {
  /** Whether it was reported, and is not over. */
  readonly isOn: boolean
  begin(message: string): void
  /** Counts a record that is lost, and begins with that. */
  lost(message: string): void
  end(): void
}

/** Creates the report of a writer that is well. */
export function createTrouble(onTrouble: OnTrouble): Trouble {
  let isOn = false
  let lost = 0

  function begin(message: string): void {
    if (isOn) return
    isOn = true
    onTrouble('stateUnwritable', message)
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
