// Asking the run: each operation of the table is one request.
import { isRecord, textIn } from '../../../core/json.ts'
import { pathOf } from '../../operations/locations.ts'
import type { GivenTo, OperationName, OutputOf } from '../../operations/table.ts'

/** Those that are asked for with GET, by their names alone: the table of operations weighs a sixth of the page. */
export const READING: ReadonlySet<OperationName> = new Set<OperationName>([
  'status',
  'deliveries',
  'delivery',
  'output',
  'templates',
  'export',
  'people',
  'conversations',
  'conversation',
  'calls',
])

/** The run refused, or cannot be reached. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  /** The status of the answer; 0 when there was none. */
  readonly status: number
  /** What to do, if anybody knows. */
  readonly remedy: string | null

  constructor(message: string, status: number, remedy: string | null) {
    super(message)
    this.status = status
    this.remedy = remedy
  }
}

export type AskRun = <N extends OperationName>(name: N, given: GivenTo<N>, signal?: AbortSignal) => Promise<OutputOf<N>>

/** Asks for an operation. Rejects with `RequestError`, or as the signal is aborted. */
export const ask: AskRun = async (name, given, signal) => {
  const method = READING.has(name) ? 'GET' : 'POST'
  const path = pathOf(name)
  const response =
    method === 'GET'
      ? await reach(`${path}${queryOf(given)}`, { signal: signal ?? null })
      : await reach(path, {
          method,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(given),
          signal: signal ?? null,
        })
  const answer: unknown = await response.json().catch(() => null)
  if (!response.ok || answer === null) throw refusalIn(answer, response.status)
  // Its shape is that of the run which has served this page.
  return answer as OutputOf<typeof name>
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    if (init.signal?.aborted === true) throw error
    throw new RequestError('dev-hook does not answer', 0, 'start it again, and open the link that it prints')
  }
}

function queryOf(given: object): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(given)) if (value !== undefined) query.set(name, String(value))
  return query.size === 0 ? '' : `?${query}`
}

function refusalIn(answer: unknown, status: number): RequestError {
  const error = isRecord(answer) ? answer['error'] : null
  const message = textIn(error, 'message') ?? `dev-hook answers ${status}`
  return new RequestError(message, status, textIn(error, 'remedy'))
}

/** What went wrong, for a person: one sentence, and what to do. */
export function problemOf(error: unknown): { readonly message: string; readonly remedy: string | null } {
  if (error instanceof RequestError) return { message: error.message, remedy: error.remedy }
  return { message: error instanceof Error ? error.message : String(error), remedy: null }
}
