// What a crashed bot printed: whether it is the same as before, and the one line of it that says why.
import { sanitize } from '../../core/text/sanitize.ts'

const NUMBER = /0x[\da-f]+|\d[\d.,:]*(?:\s?m?s\b)?/gi

/** A number that is another one at each start: an address, a time, or one as long as those of processes and ports. */
const PASSING = /^0x|^\d+:\d\d(?!\d)|s$|\d{4}/i

/** What the last lines of a crash have in common with those of the same crash at another time. */
export const crashSignature = (lines: readonly string[]): string =>
  lines.join('\n').replace(NUMBER, (number) => (PASSING.test(number) ? '0' : number))

/** `ReferenceError: x is not defined`, `ValueError: bad` */
function namesError(line: string): boolean {
  const [name = '', message] = line.split(': ', 2)
  return message !== undefined && /^(?:Uncaught )?[\w.]*(?:Error|Exception)\b/.test(name)
}

/** The line that says why a bot crashed, cut to a number of characters; `null` when it printed nothing. */
export function crashCause(lines: readonly string[], longest = 100): string | null {
  const said = lines.filter((line) => line.trim() !== '' && !/^Node\.js v\d/.test(line))
  const cause = said.find((line) => namesError(line.trim())) ?? said.at(-1)
  return cause === undefined ? null : sanitize(cause, longest)
}
