// Waiting: deadlines, polling, retries and aborting; no other file writes a loop around a timer.
import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Off } from './listeners.ts'
import type { Pace } from './pace.ts'

// Looked at in place of this file: p-retry, p-wait-for, p-timeout, any-signal. Each does one of these things, none takes an
// abort signal and a monotonic deadline together, and polling here needs its last result when time is up, not an error.

/** What a wait measures time with, in milliseconds of a clock that nobody sets. */
export interface Clock {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls back once after `ms`. Returns the function that undoes it. */
  after(ms: number, callback: () => void): Off
}

/** Waits `ms`; rejects with the signal's reason when it is aborted. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted())
}

/** A timer that rings so late rings after a stop of the process, or a sleep of the machine: what arrived meanwhile gets as long. */
const STALLED_MS = 1_000

/** Calls back once after `ms`; after a stop a moment later, as Node rings before it reads. Returns the function that undoes it. */
export function after(ms: number, callback: () => void): Off {
  const dueAt = monotonic() + ms
  let timer = setTimeout(() => {
    if (monotonic() - dueAt < STALLED_MS) callback()
    else timer = setTimeout(callback, STALLED_MS)
  }, ms)
  return () => clearTimeout(timer)
}

/** Resolves once everything that could happen by now has: settled promises, and what has arrived. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Milliseconds of a clock that only goes forward: for every deadline. `Date.now` is for what is shown or stored. */
export const monotonic = (): number => performance.now()

/** The clock of this machine that only goes forward. */
export const MONOTONIC: Clock = { now: monotonic, sleep, after }

/** Calls back every `ms`, without keeping the process alive. Returns the function that ends it. */
export function repeat(ms: number, callback: () => void): Off {
  const timer = setInterval(callback, ms).unref()
  return () => clearInterval(timer)
}

// ── again and again ──────────────────────────────────────────────────────────────────────────────────────────────

export interface Polling {
  readonly pace: Pace
  /** No attempt begins once so many ms have passed. Default: no limit. */
  readonly limitMs?: number
  /** At most so many attempts. Default: no limit. */
  readonly tries?: number
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock
}

/**
 * Makes attempts, the first at once, until one has the result that is waited for, or the limit is over: resolves with the
 * last result either way. Rejects with what an attempt throws, or when the signal is aborted.
 */
export async function poll<T>(
  attempt: (n: number) => Promise<T>,
  until: (result: T) => boolean,
  { pace, limitMs = Number.POSITIVE_INFINITY, tries = Number.POSITIVE_INFINITY, signal, clock = MONOTONIC }: Polling,
): Promise<T> {
  const beganAt = clock.now()
  for (let n = 0; ; n += 1) {
    signal?.throwIfAborted()
    const attemptedAt = clock.now()
    const result = await attempt(n)
    if (until(result) || n + 1 >= tries) return result
    const now = clock.now()
    const waitMs = pace({ n, tookMs: now - attemptedAt, elapsedMs: now - beganAt })
    if (now + waitMs - beganAt >= limitMs) return result
    await clock.sleep(waitMs, signal)
  }
}

export interface Retrying extends Polling {
  /** Whether an error may pass; one that may not is thrown at once. */
  readonly shouldRetry: (error: unknown) => boolean
}

/** Does the work until it succeeds. Throws the last error when it may not pass, the limit is over, or the signal is aborted. */
export async function retry<T>(work: (n: number) => Promise<T>, options: Retrying): Promise<T> {
  const { shouldRetry, signal } = options
  const outcome = await poll(
    (n) =>
      work(n).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
    (result) => 'value' in result || signal?.aborted === true || !shouldRetry(result.error),
    options,
  )
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

// ── deadlines ────────────────────────────────────────────────────────────────────────────────────────────────────

/** A limit in milliseconds, and what to say when it is over. */
export interface Deadline {
  readonly ms: number
  readonly reason: string
}

/**
 * Runs `work` under a signal that is aborted, with the same reason, when one of `signals` is, or when the deadline is over.
 * Leaves nothing behind on the signals: they live as long as the run, the work does not.
 * Not `AbortSignal.any` with `AbortSignal.timeout`: on Node 20 the timeout may be collected as garbage, and then never comes.
 */
export async function withDeadline<T>(
  signals: readonly AbortSignal[],
  deadline: Deadline | null,
  work: (signal: AbortSignal) => Promise<T>,
  clock: Pick<Clock, 'after'> = MONOTONIC,
): Promise<T> {
  const controller = new AbortController()
  const offs = signals.map((signal) => onAbort(signal, () => controller.abort(signal.reason)))
  if (deadline !== null) offs.push(clock.after(deadline.ms, () => controller.abort(new Error(deadline.reason))))
  try {
    return await work(controller.signal)
  } finally {
    for (const off of offs) off()
  }
}

/** Settles as the first of the works does, and ends the others. */
export function firstOf<T>(signal: AbortSignal, ...works: readonly ((own: AbortSignal) => Promise<T>)[]): Promise<T> {
  const over = new AbortController()
  return withDeadline([signal, over.signal], null, (own) =>
    Promise.race(works.map((work) => work(own))).finally(() => over.abort()),
  )
}

type InTime<T> = { readonly value: T } | 'late'

/** Waits for whichever comes first: the promise or the limit. A rejection of the promise is a rejection here. */
export function raceTimeout<T>(promise: Promise<T>, ms: number, clock?: Pick<Clock, 'after'>): Promise<InTime<T>> {
  const inTime: Promise<InTime<T>> = promise.then((value) => ({ value }))
  return orAfter(inTime, ms, () => 'late', clock)
}

/** The promise, settled as it is, or `otherwise()` once `ms` are over. Cheap: every delivery waits like this. */
export function orAfter<T>(
  promise: Promise<T>,
  ms: number,
  otherwise: () => T,
  clock: Pick<Clock, 'after'> = MONOTONIC,
): Promise<T> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => resolve(otherwise()))
    const settled = (): void => {
      cancel()
      resolve(promise)
    }
    promise.then(settled, settled)
  })
}

// ── aborting ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Creates a controller whose signal any number of waits may listen to: Node warns of a leak at the eleventh. */
export function createSharedAbort(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

/** Calls back once when the signal is aborted, at once if it is already. Returns the function that undoes it. */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  // A function of its own: a signal knows a listener only once, and would hand it an event.
  const own = (): void => listener()
  if (signal?.aborted) own()
  else signal?.addEventListener('abort', own, { once: true })
  return () => signal?.removeEventListener('abort', own)
}

/** The promise's outcome, or a rejection with the signal's reason if that is aborted first; the work behind the promise goes on. */
export function rejectOnAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const off = onAbort(signal, () => reject(signal.reason))
    promise.then(resolve, reject).finally(off)
  })
}

/** Resolves when the promise does, or when the signal is aborted. A rejection of the promise is a rejection here. */
export function resolveOnAbort(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const off = onAbort(signal, resolve)
    promise.then(() => resolve(), reject).finally(off)
  })
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => onAbort(signal, resolve))
}

/** Lets the rejection of a wait that its own signal ended pass as its end; any other one stays an error. */
export async function ignoreAbort(wait: Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    await wait
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** A signal that nobody aborts: for callers that have no wait to cancel. */
export const neverAborted = (): AbortSignal => new AbortController().signal

/**
 * Waits for the next call of a listener: `subscribe` takes it and returns the function that undoes it, which is called
 * however the wait ends. Rejects with the signal's reason.
 */
export async function nextCall<T>(
  subscribe: (listener: (value: T) => void) => () => void,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted()
  let unsubscribe = (): void => undefined
  const called = new Promise<T>((resolve) => {
    unsubscribe = subscribe(resolve)
  })
  try {
    return await (signal ? rejectOnAbort(called, signal) : called)
  } finally {
    unsubscribe()
  }
}

/**
 * Waits until `check` finds something: it is called now, and after every call of the listener that `subscribe` is given. Resolves
 * with the first result that is not `null`; rejects with what it throws, or with the signal's reason.
 */
export async function waitUntil<T>(
  check: () => T | null,
  subscribe: (listener: () => void) => () => void,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted()
  for (let found = check(); ; found = check()) {
    if (found !== null) return found
    await nextCall<void>(subscribe, signal)
  }
}

/**
 * Waits until nothing has happened for `quietMs` and nobody is busy: `subscribe` is given the listener that is called whenever something
 * happens. Rejects with the signal's reason.
 */
export async function untilQuiet(
  quietMs: number,
  isBusy: () => boolean,
  subscribe: (listener: () => void) => () => void,
  signal: AbortSignal,
  clock: Pick<Clock, 'after'> = MONOTONIC,
): Promise<void> {
  signal.throwIfAborted()
  let cancel = (): void => undefined
  let off = (): void => undefined
  const quiet = new Promise<void>((resolve) => {
    const begin = (): void => {
      cancel()
      cancel = isBusy() ? () => undefined : clock.after(quietMs, resolve)
    }
    off = subscribe(begin)
    begin()
  })
  try {
    await rejectOnAbort(quiet, signal)
  } finally {
    off()
    cancel()
  }
}

/**
 * Waits for all. When one fails, `cancel` ends the others, and they are waited for as well: what they acquired meanwhile is then
 * registered for release. Rejects with the first failure.
 */
export async function allOrCancel<T extends readonly unknown[]>(
  cancel: () => void,
  ...steps: { [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  try {
    return await Promise.all(steps)
  } catch (error) {
    cancel()
    await Promise.allSettled(steps)
    throw error
  }
}
