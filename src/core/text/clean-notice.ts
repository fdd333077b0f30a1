// A notice as it may be shown: every text in it one line, without secrets and without what a terminal would act on.
import type { Notice } from '../notices.ts'
import type { Redact } from './redact.ts'
import { oneLine } from './sanitize.ts'

/** The fields of these come from fixed vocabularies and numbers: nothing in them comes from outside. */
const PLAIN: ReadonlySet<Notice['type']> = new Set([
  'attempt',
  'released',
  'acknowledged',
  'restored',
  'stopped',
  'starting',
])

/** Makes a notice fit to be shown. */
export type Clean = <Of extends Notice>(notice: Of) => Of

/**
 * Cleans every text of a notice. Three are kept: the URL of manual mode and the tokens of the sandbox have to be pasted, and what a
 * bot prints has its colours.
 */
export function cleanNotice<Of extends Notice>(notice: Of, redact: Redact): Of {
  if (PLAIN.has(notice.type)) return notice
  if (notice.type === 'bot-output') return { ...notice, line: redact(notice.line) }
  if (notice.type === 'registration' || notice.type === 'sandbox') return cleanValue(notice, oneLine) as Of
  const clean = (text: string): string => oneLine(redact(text))
  // It comes with every delivery and needs no cleaning next to ever: one look at what came from outside spares one at each.
  if (notice.type === 'delivery') {
    const words = `${notice.event} ${notice.conversation} ${notice.text} ${notice.from}`
    if (clean(words) === words) return notice
  }
  return cleanValue(notice, clean) as Of
}

/** The same value with every text in it cleaned. */
export function cleanValue(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, clean))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cleanValue(item, clean)]))
}
