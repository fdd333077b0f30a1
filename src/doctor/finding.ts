// The finding of a check: passed, passed with a warning, failed, or not tried.
import { asDevHookError, type Failure } from '../core/errors.ts'

/** The result of one check. A remedy on one that is `ok` makes it a warning. */
export interface Finding {
  /** `null` when it was not tried. */
  readonly ok: boolean | null
  readonly message: string
  /** What follows the message, on lines of its own. */
  readonly more?: readonly string[]
  readonly remedy: string | null
  /** What a run would fail with; `null` for a finding that is ok, or was not tried. */
  readonly failure: Failure | null
}

/** A finding without fault. */
export const passed = (message: string): Finding => ({ ok: true, message, remedy: null, failure: null })

/** A finding that keeps no run from succeeding, but needs attention. */
export const warned = (message: string, remedy: string): Finding => ({ ok: true, message, remedy, failure: null })

/** A finding that makes a run fail. */
export const failed = (failure: Failure, message: string, remedy: string): Finding => ({
  ok: false,
  message,
  remedy,
  failure,
})

/** The finding of a check that was not made, and why: nothing is known of what it is about. */
export const notTried = (message: string): Finding => ({ ok: null, message, remedy: null, failure: null })

/** The finding of a check that could not be made because another one failed. */
export const notChecked = (because: string): Finding => notTried(`not checked: ${because} comes first`)

/** The finding of a check that threw: what is wrong, and its remedy. */
export function failedWith(thrown: unknown): Finding {
  if (thrown instanceof NotChecked) {
    return notChecked(thrown.because)
  }
  const { failure, lines, remedy } = asDevHookError(thrown)
  const [message = '', ...more] = lines
  return { ...failed(failure, message, remedy), ...(more.length > 0 && { more }) }
}

/** Thrown where the fact that a check needs is missing; the check named here says why. */
class NotChecked extends Error {
  readonly because: string

  constructor(because: string) {
    super(`see ${because}`)
    this.because = because
  }
}

/** Waits for a fact that another check examines, and reports should it fail: the check that needs it is then not made. */
export async function needs<T>(check: string, fact: Promise<T>): Promise<T> {
  try {
    return await fact
  } catch (error) {
    throw error instanceof NotChecked ? error : new NotChecked(check)
  }
}
