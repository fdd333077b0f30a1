// One attempt: a request on one of the bot's connections, until its outcome is known.

import type { Dispatcher } from 'undici'
import { after } from '../core/async.ts'
import type { Attempt, RawHeaders } from '../core/delivery.ts'
import { isBroken, isUnsendable, isWholeWithoutBody, reasonOf } from './failures.ts'
import { replyHeaders } from './headers.ts'
import { onNextSocket } from './kept-connections.ts'

/** An attempt that has begun. It takes no AbortSignal: one per delivery costs a tenth of the whole forward. */
export interface UnderWay {
  /** Resolves with the outcome; never rejects. */
  readonly done: Promise<Attempt>
  /** Ends the attempt as `cancelled`; does nothing once it has ended. */
  cancel(reason: string): void
}

/** The connections to the bot that an attempt may use. */
export interface Connections {
  /** The current pool of connections. */
  pool(): Dispatcher
  /** Replaces a pool whose kept connections are dead, unless that has been done already. */
  retire(pool: Dispatcher): void
  /**
   * Whether a connection that is reset has something in it that the other end has not read: so it is between processes of one machine,
   * where nobody in between breaks it. Default false.
   */
  readonly isResetUnread?: boolean
  /** Whether the run is ending: what fails from then on counts as cancelled. */
  closed(): boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Milliseconds of a clock that only goes forward. */
  readonly clock: () => number
}

/** How many connections may break in a row before a byte is written: a server that breaks more takes none. */
const MAX_DEAD_CONNECTIONS = 3

type Without<T> = T extends unknown ? Omit<T, 'startedAt' | 'ms'> : never
type Result = Without<Attempt>

/** How long a bot that ends may take from the end of its connections to that of its port, in ms: a server of Node closes them first. */
const PORT_CLOSED_MS = 100

/**
 * Starts an attempt; `written` is called right before its first byte is written. The outcome is `refused` only if it is certain that
 * not a byte was written, or that the bot has not read the request.
 */
// One story: the calls of one undici handler, which share what has happened so far.
export function startAttempt(
  connections: Connections,
  request: Dispatcher.DispatchOptions,
  written: () => void,
): UnderWay {
  const startedAt = connections.now()
  const began = connections.clock()
  let resolveDone: (attempt: Attempt) => void
  const done = new Promise<Attempt>((resolve) => {
    resolveDone = resolve
  })
  let pool = connections.pool()
  let settled = false
  let deadConnections = 0
  let isKept = false
  /** Why an earlier connection broke of which the bot has not read the request, and whether it was a kept one; `null` for none. */
  let unread: { readonly reason: string; readonly isKept: boolean } | null = null
  let abort: ((error: Error) => void) | undefined
  let status = 0
  let headers: RawHeaders = []
  const chunks: Buffer[] = []

  function settle(result: Result): void {
    settled = true
    resolveDone({ startedAt, ms: Math.round(connections.clock() - began), ...result })
  }

  function cancel(reason: string): void {
    if (settled) return
    settle({ outcome: 'cancelled', reason, sent: abort !== undefined })
    abort?.(new Error(reason))
  }

  function dispatch(): void {
    if (settled) return
    pool = connections.pool()
    pool.dispatch(request, handler)
  }

  function answered(): void {
    settle({ outcome: 'answered', reply: { status, headers, body: joined(chunks) } })
  }

  function failed(error: Error): void {
    if (settled) return
    if (isWholeWithoutBody(error, status)) return answered()
    const reason = reasonOf(error)
    if (connections.closed()) settle({ outcome: 'cancelled', reason: 'dev-hook is ending', sent: abort !== undefined })
    else if (isUnread(error)) {
      unread = { reason, isKept }
      abort = undefined
      connections.retire(pool)
      if (isKept) dispatch()
      else after(PORT_CLOSED_MS, dispatch)
    } else if (abort !== undefined) settle({ outcome: 'interrupted', reason })
    else if (isUnsendable(error)) {
      // When undici refuses to write a request, it leaves the connection marked as busy for good.
      connections.retire(pool)
      settle({ outcome: 'interrupted', reason, unsendable: true })
    } else if (isBroken(error) && deadConnections < MAX_DEAD_CONNECTIONS) {
      // A kept connection broke before the request was written to it. The others are as dead, and a new pool has none.
      deadConnections += 1
      connections.retire(pool)
      dispatch()
    } else settle({ outcome: 'refused', reason })
  }

  /**
   * Whether the bot has closed the connection without reading what was written to it: the system resets such a connection, and ends one
   * that was read. So does a bot that goes on after a breakpoint, for the time it keeps an idle connection is over by then, and one that
   * is ended there. In an attempt that may be so of one kept connection, and of one new one after it.
   */
  const isUnread = (error: Error): boolean =>
    connections.isResetUnread === true &&
    abort !== undefined &&
    (unread === null || (unread.isKept && !isKept)) &&
    status === 0 &&
    isBroken(error)

  // undici's older handler interface: the newer one parses headers into an object, which loses their case and order.
  const handler: Dispatcher.DispatchHandler = {
    // Called right before the first byte is written, in the same tick: until then, nothing was sent.
    // undici does not pass the socket. To get that, or its local port, subscribe as `interim-answers.ts` does.
    onConnect: (abortRequest) => {
      abort = abortRequest
      if (settled) return abort(new Error('cancelled before it was sent'))
      // A new connection breaks like that only when the bot has gone, or breaks each of them by itself: then it has read the request.
      if (unread?.isKept === false) {
        settle({ outcome: 'interrupted', reason: unread.reason })
        return abort(new Error(unread.reason))
      }
      onNextSocket((kept) => {
        isKept = kept
      })
      if (unread === null) written()
    },
    // Also called for early hints; the last call is the answer.
    onHeaders: (code, raw) => {
      status = code
      headers = replyHeaders(raw)
      return true
    },
    onData: (chunk) => {
      chunks.push(chunk)
      return true
    },
    onComplete: answered,
    onError: failed,
  }

  // After one turn of the event loop: if the bot has closed a kept connection, that is noticed before anything is written to it.
  setImmediate(dispatch)
  return { done, cancel }
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks)
}
