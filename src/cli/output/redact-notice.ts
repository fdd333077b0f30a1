// A notice without secrets, whatever field they got into.
import type { Notice } from '../../core/notices.ts'
import type { Redact } from '../../core/text/redact.ts'

/** The fields of these come from fixed vocabularies and numbers: nothing in them can be secret. */
const PLAIN: ReadonlySet<Notice['type']> = new Set([
  'attempt',
  'held',
  'released',
  'acknowledged',
  'tunnel',
  'restored',
  'stopped',
  'starting',
])

/** Redacts every text of a notice. The URL of manual mode is the one exception: it has to be pasted. */
export function redactNotice(notice: Notice, redact: Redact): Notice {
  if (PLAIN.has(notice.type) || notice.type === 'registration') return notice
  // It comes with every delivery and holds a secret next to never: one look at what came from outside spares one at each.
  if (notice.type === 'delivery') {
    const words = `${notice.event} ${notice.conversation} ${notice.text}`
    if (redact(words) === words) return notice
  }
  return redactValue(notice, redact) as Notice
}

function redactValue(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactValue(item, redact)]))
}
