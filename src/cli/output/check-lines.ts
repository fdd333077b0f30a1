// What a doctor found, as lines for a person or for a program.
import type { Redact } from '../../core/text/redact.ts'
import { oneLine, sanitize } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import { CHECKS } from '../../doctor/doctor.ts'
import type { Finding } from '../../doctor/finding.ts'
import { wrapWords } from '../screen/text-width.ts'
import { colorsFor } from './colors.ts'

export type PrintFinding = (name: string, finding: Finding) => void

/** A finding for programs. */
export function checkAsData(name: string, { ok, message, more = [], remedy }: Finding, redact: Redact): unknown {
  const clean = (text: string): string => oneLine(redact(text))
  const said = [message, ...more].map(clean).join('; ')
  return { type: 'check', name, ok, message: said, remedy: remedy === null ? null : clean(remedy) }
}

/** One object a line. */
export const createCheckJson =
  (write: (line: string) => void, redact: Redact): PrintFinding =>
  (name, finding) =>
    write(toJson(checkAsData(name, finding, redact)))

/** One line each, and below it what to do. */
export function createCheckLines(options: {
  readonly write: (line: string) => void
  readonly color: boolean
  readonly quiet: boolean
  /** How many columns there are; not finite where nobody looks at a terminal. */
  readonly columns: number
  readonly redact: Redact
}): PrintFinding {
  const { write, quiet, columns, redact } = options
  const colors = colorsFor(options.color)
  const marks = {
    passed: colors.green('✓'),
    warning: colors.yellow('!'),
    failed: colors.red('✗'),
    open: colors.dim('–'),
  }
  return (name, finding) => {
    const { ok, message, more = [], remedy } = finding
    if (quiet && ok !== false) return
    const wrapped = (text: string, indent: number): readonly string[] =>
      wrapWords(sanitize(redact(text), 1_000), columns - indent)
    const [first = '', ...rest] = [message, ...more].flatMap((line) => wrapped(line, INDENT.length))
    write(`${marks[kindOf(finding)]} ${colors.bold(name.padEnd(WIDTH))} ${first}`)
    for (const line of rest) write(`${INDENT}${line}`)
    if (remedy === null) return
    const [todo = '', ...further] = wrapped(remedy, INDENT.length + 2)
    write(`${INDENT}${colors.dim('→')} ${todo}`)
    for (const line of further) write(`${INDENT}  ${line}`)
  }
}

function kindOf({ ok, remedy }: Finding): 'passed' | 'warning' | 'failed' | 'open' {
  if (ok === null) return 'open'
  if (!ok) return 'failed'
  return remedy === null ? 'passed' : 'warning'
}

const WIDTH = Math.max(...CHECKS.map(({ name }) => name.length))
const INDENT = ' '.repeat(WIDTH + 3)

/** How many of each kind there are. */
export function summary(findings: readonly Finding[]): string {
  const count = (kind: ReturnType<typeof kindOf>): number =>
    findings.filter((finding) => kindOf(finding) === kind).length
  const [wrong, open, worth] = [count('failed'), count('open'), count('warning')]
  return [
    wrong === 0 ? 'All well' : `${wrong} of ${findings.length} failed`,
    ...(open === 0 ? [] : [`${open} not tried`]),
    ...(worth === 0 ? [] : [`${worth} worth a look`]),
  ].join(', ')
}
