// An attempt that a command made, as its line of JSON.
import type { Label } from '../../core/delivery.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'

/** What came of an attempt. */
export interface ShownAttempt {
  readonly id: string | null
  readonly n?: number
  readonly editOf?: string | undefined
  readonly outcome: string
  readonly status: number | null
  readonly ms: number
  readonly reason: string | null
}

/** The line, which ends with what the delivery is about, and why there was no answer. */
export function attemptJson(attempt: ShownAttempt, { event, conversation }: Label): string {
  const { id, n, editOf, outcome, status, ms, reason } = attempt
  return toJson({
    type: 'attempt',
    time: new Date().toISOString(),
    id: clean(id),
    ...(n !== undefined && { n }),
    ...(editOf !== undefined && { editOf }),
    outcome,
    status,
    ms,
    event: clean(event),
    conversation: clean(conversation),
    reason: clean(reason),
  })
}

const clean = (text: string | null): string | null => text && oneLine(text)
