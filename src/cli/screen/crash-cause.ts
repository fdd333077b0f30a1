// What a crashed bot printed: whether it is the same as before, and the one line of it that says why.
import { sanitize } from '../../core/text/sanitize.ts'

/** What is another one at each start: addresses, times, and numbers as long as those of processes and ports. */
const PASSING = /0x[\da-f]+|\d+(?::\d\d)+(?:[.,]\d+)?|\d[\d.]*\s?m?s\b|\d{4,}/gi

/** What the last lines of a crash have in common with those of the same crash at another time. */
export const crashSignature = (lines: readonly string[]): string => lines.join('\n').replace(PASSING, '0')

/** `ReferenceError: x is not defined`, `ValueError: bad` */
const NAMED = /^(?:Uncaught )?[\w.]*(?:Error|Exception)\b[^:]*: /

/** The line that says why a bot crashed, cut to a number of characters; `null` when it printed nothing. */
export function crashCause(lines: readonly string[], longest = 100): string | null {
  const said = lines.filter((line) => line.trim() !== '' && !/^Node\.js v\d/.test(line))
  const cause = said.find((line) => NAMED.test(line.trim())) ?? said.at(-1)
  return cause === undefined ? null : sanitize(cause, longest)
}
