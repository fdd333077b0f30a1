// The list of deliveries that an operation gives: a page of what a filter finds, newest first.
import { monotonic } from '../../core/async.ts'
import type { Summary } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'
import type { InputOf, OutputOf } from '../../inspector/operations/table.ts'
import type { RunJournal } from '../../journal/journal.ts'
import { searchableText } from '../../protocol/body-json.ts'
import { type DeliveryQuery, problemWords, readQuery } from '../../protocol/query/query.ts'

/** How many rows are given if the question does not say. */
const LIMIT = 100
/** How long bodies are read for one page, in ms: what is found by then is worth showing. */
const SEARCH_MS = 500

/**
 * Lists one page, which begins after the delivery that ended the page before. Throws `usage` for a filter that is wrong, and for a
 * cursor that is gone.
 */
export async function listDeliveries(
  journal: Pick<RunJournal, 'summaries' | 'detail'>,
  { q, limit, cursor }: InputOf<'deliveries'>,
  rowOf: (summary: Summary) => OutputOf<'deliveries'>['deliveries'][number],
  signal: AbortSignal,
  searchMs: number = SEARCH_MS,
): Promise<OutputOf<'deliveries'>> {
  const query = queryOf(q ?? '', Date.now())
  const most = limit ?? LIMIT
  const found: Summary[] = []
  const began = monotonic()
  let isBehind = cursor === null
  let last: string | null = null
  for (const summary of journal.summaries()) {
    if (!isBehind) {
      isBehind = summary.id === cursor
      continue
    }
    const isOver = found.length >= most || (query.body !== null && last !== null && monotonic() - began > searchMs)
    // There are more: this is what the next page begins after.
    if (isOver) return { deliveries: found.map(rowOf), next: last }
    last = summary.id
    if (query.fits(summary) && (await hasBody(journal, query, summary, signal))) found.push(summary)
  }
  if (!isBehind) throw new DevHookError('usage', '`cursor` is no longer recorded', { remedy: 'begin without one' })
  return { deliveries: found.map(rowOf), next: null }
}

function queryOf(text: string, now: number): DeliveryQuery {
  const query = readQuery(text, now)
  if ('fits' in query) return query
  throw new DevHookError('usage', `the filter has a mistake in ${problemWords(query)}`, {
    remedy: `allowed here: ${query.allowed}`,
  })
}

async function hasBody(
  journal: Pick<RunJournal, 'detail'>,
  { body }: DeliveryQuery,
  { id }: Summary,
  signal: AbortSignal,
): Promise<boolean> {
  if (body === null) return true
  signal.throwIfAborted()
  // One that is pruned meanwhile, or damaged, is not found.
  const recorded = await journal.detail(id).catch(() => null)
  return recorded !== null && body(searchableText(recorded.delivery.headers, recorded.delivery.body))
}
