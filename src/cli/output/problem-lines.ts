// An error or a warning in lines for a person: what, its code, and what to do.
import { sanitize } from '../../core/text/sanitize.ts'
import { wrapWords } from '../screen/text-width.ts'

/** What an error, a warning or a notice of one has in common. */
export interface Problem {
  readonly code: string
  readonly lines: readonly string[]
  readonly remedy: string
}

const INDENT = ' '.repeat(7)

/** More characters than any message of ours has. */
const MAX_LINE = 1_000

/**
 * `error: what [DEVHOOK_CODE]`, further lines below it, then the remedy. Each line stays one, whatever is in it, but for those
 * that are broken between words at so many columns; the remedy is whole, as it may have to be copied.
 */
export function problemLines(
  head: string,
  { code, lines, remedy }: Problem,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const [first = '', ...more] = lines.map((line) => sanitize(line, MAX_LINE))
  const [beginning = '', ...below] = [`${head}: ${first} [${code}]`, ...more].flatMap((line) =>
    wrapWords(line, columns - INDENT.length),
  )
  return [beginning, ...below.map((line) => `${INDENT}${line}`), `  → ${sanitize(remedy, MAX_LINE)}`]
}
