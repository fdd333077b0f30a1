// What is wrong with something that a person asked for at the terminal: they can ask again, so that it is not an error of the run.
import { DevHookError, messageOf } from '../../core/errors.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import type { Colors } from '../output/colors.ts'
import { wrapWords } from './text-width.ts'

/** The sentence and its remedy, in at most so many columns. */
export function complaintLines(error: unknown, { yellow }: Colors, columns: number): readonly string[] {
  const remedy = error instanceof DevHookError ? [`→ ${error.remedy}`] : []
  const lines = [oneLine(messageOf(error)), ...remedy].flatMap((line) => wrapWords(line, columns - 2))
  return lines.map((line, i) => (i === 0 ? yellow(line) : `  ${line}`))
}
