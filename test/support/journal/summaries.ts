// Rows of the record to test with.
import type { Label, Summary } from '../../../src/core/delivery.ts'

const LABEL: Label = { event: 'message.create.contact.chat', platformId: 'p1', conversation: 'c1', text: 'hi there' }

/** A delivery that was answered with 200, and whatever is given instead. */
export function aSummary(given: Partial<Summary> & Partial<Label> = {}): Summary {
  const { event, platformId, conversation, text, ...rest } = given
  const words = { event, platformId, conversation, text }
  const said = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined))
  return {
    id: 'd1',
    receivedAt: 0,
    method: 'POST',
    search: '',
    label: { ...LABEL, ...said },
    bytes: 10,
    settled: 'delivered',
    attempts: 1,
    replays: 0,
    editOf: null,
    outcome: 'answered',
    status: 200,
    answered: 200,
    ms: 45,
    ownStatus: null,
    ...rest,
  }
}
