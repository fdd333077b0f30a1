// An error or a warning in lines for a person: what, its code, and what to do.
import { sanitize } from '../../core/text/sanitize.ts'

/** What an error, a warning or a notice of one has in common. */
export interface Problem {
  readonly code: string
  readonly lines: readonly string[]
  readonly remedy: string
}

/** More characters than any message of ours has. */
const MAX_LINE = 1_000

/** `error: what [DEVHOOK_CODE]`, further lines below it, then the remedy. Each line stays one, whatever is in it. */
export function problemLines(head: string, { code, lines, remedy }: Problem): string[] {
  const [first = '', ...more] = lines.map((line) => sanitize(line, MAX_LINE))
  return [`${head}: ${first} [${code}]`, ...more.map((line) => `       ${line}`), `  → ${sanitize(remedy, MAX_LINE)}`]
}
