// What differs between two transcripts, as lines for people.
import { diffLines } from '../../core/text/diff.ts'
import type { Colors } from './colors.ts'

/** Unchanged lines around each difference. */
const CONTEXT = 2

/** A longer line is shown by its beginning. */
const MAX_LINE = 4_000

/** The lines that are missing, marked with `-`, and those that are there instead, with `+`. */
export const transcriptDiff = (before: string, after: string, colors: Colors): readonly string[] =>
  diffLines(before, after, CONTEXT).map(({ mark, text }) => {
    const rest = text.length > MAX_LINE ? `… (${text.length} characters)` : ''
    const line = `${mark} ${text.slice(0, MAX_LINE)}${rest}`
    if (mark === '-') return colors.red(line)
    return mark === '+' ? colors.green(line) : colors.dim(line)
  })
