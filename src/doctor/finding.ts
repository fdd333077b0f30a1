// What a check found: well, well but worth a word, or not well.
import { asDevHookError, type Failure } from '../core/errors.ts'

/** The result of one check. A remedy on one that is `ok` makes it a warning. */
export interface Finding {
  readonly ok: boolean
  readonly message: string
  readonly remedy: string | null
  /** What a run would fail with because of it; `null` when it is ok, or follows from another finding. */
  readonly failure: Failure | null
}

export const well = (message: string): Finding => ({ ok: true, message, remedy: null, failure: null })

/** A run goes well all the same. */
export const notable = (message: string, remedy: string): Finding => ({ ok: true, message, remedy, failure: null })

export const bad = (failure: Failure, message: string, remedy: string): Finding => ({
  ok: false,
  message,
  remedy,
  failure,
})

/** Nothing was found out, because of what another check has found. */
export const notChecked = (because: string): Finding => ({
  ok: false,
  message: `not checked: ${because} comes first`,
  remedy: null,
  failure: null,
})

/** The finding of a check that threw. */
export function failed(thrown: unknown): Finding {
  if (thrown instanceof NotChecked) {
    return notChecked(thrown.because)
  }
  const { failure, message, remedy } = asDevHookError(thrown)
  return bad(failure, message, remedy)
}

/** What a check needs is not there; the check named here says why. */
class NotChecked extends Error {
  readonly because: string

  constructor(because: string) {
    super(`see ${because}`)
    this.because = because
  }
}

/** Waits for what another check looks at. Its failure is that check's to tell. */
export async function needs<T>(check: string, fact: Promise<T>): Promise<T> {
  try {
    return await fact
  } catch (error) {
    throw error instanceof NotChecked ? error : new NotChecked(check)
  }
}
