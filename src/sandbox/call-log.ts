// What is remembered of the calls of the API: the last ones, with their bodies as long as those take little room.
import { asText } from '../core/json.ts'
import { pushBounded } from './bounds.ts'
import { createByteBudget } from './byte-budget.ts'
import { conversationInPath } from './http/paths.ts'
import { getIn } from './json-path.ts'

/**
 * One call of the emulated API. `status` is `null` when its connection was cut; `path` has the query, which holds no token; `by` is
 * the user whose token it had, `null` without a valid one. Bodies are `null` when there is none, when it holds credentials, or when
 * too much came after it.
 */
export interface ApiCall {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** How long it took, in ms. */
  readonly ms: number
  readonly method: string
  readonly path: string
  readonly status: number | null
  readonly by: string | null
  /** The id of the conversation that it was about, as far as that can be told. */
  readonly conversation: string | null
  readonly body: unknown
  readonly response: unknown
}

/** A call as it was answered, its bodies as they went over the line. */
export interface AnsweredCall extends Omit<ApiCall, 'conversation' | 'body' | 'response'> {
  readonly body: unknown
  readonly bodyBytes: number
  readonly responseText: string | null
}

export interface CallLog {
  /** The last 10,000, oldest first. */
  readonly calls: readonly ApiCall[]
  add(call: AnsweredCall): ApiCall
  clear(): void
}

/** How many bytes of what was sent and answered are kept. */
const MAX_BYTES = 16 * 1024 * 1024

/** Creates an empty log. */
export function createCallLog(): CallLog {
  const calls: ApiCall[] = []
  const bodies = createByteBudget(MAX_BYTES)

  function add({ body: sent, bodyBytes, responseText, ...call }: AnsweredCall): ApiCall {
    let kept: { readonly body: unknown; readonly text: string | null } | null = { body: sent, text: responseText }
    const entry: ApiCall = {
      ...call,
      conversation: conversationOf(call.path, sent),
      get body() {
        return kept?.body ?? null
      },
      get response() {
        return parsed(kept?.text ?? null)
      },
    }
    pushBounded(calls, entry)
    bodies.keep(bodyBytes + (responseText?.length ?? 0), () => {
      kept = null
    })
    return entry
  }

  return {
    calls,
    add,
    clear: () => {
      calls.length = 0
    },
  }
}

/** The text parsed as JSON, or as it is when it is not JSON; `null` for none at all. */
function parsed(text: string | null): unknown {
  if (text === null || text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    // A fault may answer with anything.
    return text
  }
}

const conversationOf = (path: string, body: unknown): string | null =>
  conversationInPath(path) ?? asText(getIn(body, ['conversation']))

/** The sentence with which a call was refused; `null` when there is none. */
export const refusalIn = (response: unknown): string | null => asText(getIn(response, ['error', 'message']))
