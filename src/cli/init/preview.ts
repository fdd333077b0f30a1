// What will be written, shown before it is: the difference, line by line, without secrets.

import { type DiffLine, diffLines } from '../../core/text/diff.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import type { PlannedFile } from '../../onboarding/plan.ts'
import type { Colors } from '../output/colors.ts'

/** A new file that is longer is only named. */
const MAX_NEW_LINES = 16
const MAX_LINE = 160

/** A file as a few lines, its name first. */
export function preview({ name, before, after, private: isPrivate }: PlannedFile, colors: Colors): string {
  const lines = diffLines(before ?? '', after, isPrivate ? 0 : 1)
  const head = `${colors.bold(name)} ${colors.dim(before === null ? '(new)' : '(changed)')}`
  if (before === null && lines.length > MAX_NEW_LINES) return `${head}\n${colors.green(`+ ${lines.length} lines`)}`
  return [head, ...lines.map((line) => shown(isPrivate ? hidden(line) : line, colors))].join('\n')
}

function shown({ mark, text }: DiffLine, colors: Colors): string {
  const indent = /^\s*/.exec(text.replaceAll('\t', '  '))?.[0] ?? ''
  const line = `${mark} ${indent}${sanitize(text, MAX_LINE)}`
  if (mark === '+') return colors.green(line)
  return mark === '-' ? colors.red(line) : colors.dim(line)
}

/** The name of a variable may be seen, its value not. A line without a name is a part of one. */
function hidden({ mark, text }: DiffLine): DiffLine {
  if (text.trim() === '' || text.trimStart().startsWith('#')) return { mark, text }
  const name = /^\s*(?:export\s+)?[\w.-]+\s*=/.exec(text)?.[0] ?? ''
  if (name === text) return { mark, text }
  return { mark, text: `${name}[redacted]` }
}
