// The flag that says how long an answer of the bot is waited for.
import { duration } from '../../config/kinds.ts'
import { DevHookError } from '../../core/errors.ts'

/** A bot may take a while to start; dev-hook holds for 15 s by default. */
const TIMEOUT = '20s'

/** Reads `--timeout`, in ms. Throws `usage`. */
export function readTimeout(given: unknown): number {
  const text = typeof given === 'string' ? given : TIMEOUT
  const parsed = duration.read(text)
  if ('value' in parsed && parsed.value > 0) return parsed.value
  const problem = 'problem' in parsed ? parsed.problem : 'leaves the bot no time to answer'
  throw new DevHookError('usage', `timeout ${text} (from --timeout) ${problem}`)
}
