// What waiting promises, whatever is waited for: limits, paces, the reason of an abort, and nothing left behind on a signal.
import { getEventListeners, once } from 'node:events'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  aborted,
  allOrCancel,
  ignoreAbort,
  MONOTONIC,
  nextCall,
  onAbort,
  orAfter,
  poll,
  raceTimeout,
  rejectOnAbort,
  repeat,
  resolveOnAbort,
  retry,
  sleep,
  waitUntil,
  withDeadline,
} from '../../src/core/async.ts'
import { createListeners } from '../../src/core/listeners.ts'
import { every } from '../../src/core/pace.ts'
import { createFakeClock, settled } from '../support/fake-clock.ts'

const REASON = new Error('that is why')
const FAILURE = new Error('the work failed')
const never = new Promise<never>(() => undefined)

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

/** A signal that was aborted already, or will be in a moment. */
function soonAborted(already: boolean): AbortSignal {
  const controller = new AbortController()
  if (already) controller.abort(REASON)
  else setImmediate(() => controller.abort(REASON))
  return controller.signal
}

const ms = fc.nat(5_000)
/** How long each attempt takes, and the wait after it. */
const attempts = fc.array(fc.record({ takesMs: ms, waitsMs: ms }), { minLength: 1, maxLength: 12 })

/** Stops this process: nothing runs in it, and no timer rings. */
const stopFor = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

describe('Polling', () => {
  /** Polls on a clock of its own: attempts that take, and are followed by waits, as given; the last one goes on for ever. */
  async function run(
    plan: readonly { readonly takesMs: number; readonly waitsMs: number }[],
    until: (n: number) => boolean,
    options: {
      readonly limitMs?: number
      readonly tries?: number
      readonly signal?: AbortSignal
      readonly abortMs?: number
    } = {},
  ) {
    const clock = createFakeClock()
    const start = clock.now()
    const began: number[] = []
    const stepOf = (n: number) => plan[Math.min(n, plan.length - 1)] ?? { takesMs: 0, waitsMs: 0 }
    const attempt = async (n: number): Promise<number> => {
      began.push(clock.now() - start)
      await clock.sleep(stepOf(n).takesMs)
      return n
    }
    const outcome = await clock.until(
      poll(attempt, until, { pace: ({ n }) => stepOf(n).waitsMs, clock, ...options }).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
    )
    return { began, outcome, endedAt: clock.now() - start }
  }

  it('makes the first attempt at once, and each next one when its pace has passed', async () => {
    await fc.assert(
      fc.asyncProperty(attempts, async (plan) => {
        const { began, outcome } = await run(plan, (n) => n === plan.length - 1)
        let at = 0
        const expected = plan.map(({ takesMs, waitsMs }) => {
          const beganAt = at
          at += takesMs + waitsMs
          return beganAt
        })
        expect(began).toEqual(expected)
        expect(outcome).toEqual({ value: plan.length - 1 })
      }),
    )
  })

  it('begins no attempt once its limit has passed, waits for none that it will not make, and gives the last result', async () => {
    await fc.assert(
      fc.asyncProperty(attempts, fc.nat(20_000), async (plan, limitMs) => {
        fc.pre(plan.some(({ takesMs, waitsMs }) => takesMs + waitsMs > 0) && plan.at(-1)?.waitsMs !== 0)
        const { began, outcome, endedAt } = await run(plan, () => false, { limitMs })
        for (const at of began.slice(1)) expect(at).toBeLessThan(limitMs)
        expect(outcome).toEqual({ value: began.length - 1 })
        expect(endedAt).toBe((began.at(-1) ?? 0) + (plan[Math.min(began.length, plan.length) - 1]?.takesMs ?? 0))
      }),
    )
  })

  it('makes as many attempts as it may, and gives the last result', async () => {
    await fc.assert(
      fc.asyncProperty(attempts, fc.integer({ min: 1, max: 30 }), async (plan, tries) => {
        const { began, outcome } = await run(plan, () => false, { tries })
        expect(began).toHaveLength(tries)
        expect(outcome).toEqual({ value: tries - 1 })
      }),
    )
  })

  it('rejects with what an attempt throws', async () => {
    await expect(
      poll(
        () => Promise.reject(FAILURE),
        () => true,
        { pace: every(0) },
      ),
    ).rejects.toBe(FAILURE)
  })

  it('rejects with the reason of the signal, before the first attempt or between two, and lets go of the signal', async () => {
    for (const already of [true, false]) {
      const signal = soonAborted(already)
      const clock = createFakeClock()
      let made = 0
      const polling = poll(
        async () => (made += 1),
        () => false,
        { pace: every(1_000), signal, clock },
      )
      await expect(polling).rejects.toBe(REASON)
      expect([made, clock.timers(), listenersOf(signal)]).toEqual([already ? 0 : 1, 0, 0])
    }
  })
})

describe('A retry', () => {
  /** Fails `failures` times, then succeeds, under the options. */
  function failing(failures: number) {
    const clock = createFakeClock()
    let made = 0
    const work = async (n: number): Promise<string> => {
      made += 1
      if (n < failures) throw new Error(`failure ${n}`)
      return `success ${n}`
    }
    return { clock, work, made: () => made }
  }

  it('succeeds as soon as the work does, or throws the last error when there is no attempt left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(10), fc.integer({ min: 1, max: 10 }), async (failures, tries) => {
        const { clock, work, made } = failing(failures)
        const retrying = retry(work, { pace: every(100), tries, clock, shouldRetry: () => true })
        const outcome = await clock.until(retrying.catch((error: Error) => error.message))
        expect(outcome).toBe(failures < tries ? `success ${failures}` : `failure ${tries - 1}`)
        expect(made()).toBe(Math.min(failures + 1, tries))
      }),
    )
  })

  it('throws an error that may not pass at once', async () => {
    const { clock, work, made } = failing(5)
    const shouldRetry = (error: unknown): boolean => !String(error).includes('failure 2')
    const retrying = retry(work, { pace: every(100), clock, shouldRetry })
    await expect(clock.until(retrying)).rejects.toThrow('failure 2')
    expect(made()).toBe(3)
  })

  it('throws the last error when its limit is over', async () => {
    const { clock, work } = failing(100)
    const retrying = retry(work, { pace: every(100), limitMs: 350, clock, shouldRetry: () => true })
    await expect(clock.until(retrying)).rejects.toThrow('failure 3')
  })

  it('ends with an abort: between attempts with its reason, during one with its error', async () => {
    const { clock, work } = failing(100)
    const between = retry(work, { pace: every(100), clock, shouldRetry: () => true, signal: soonAborted(false) })
    await expect(between).rejects.toBe(REASON)

    const controller = new AbortController()
    const during = retry(
      async () => {
        controller.abort(REASON)
        throw FAILURE
      },
      { pace: every(100), clock, shouldRetry: () => true, signal: controller.signal },
    )
    await expect(during).rejects.toBe(FAILURE)
  })

  it('succeeds with work that returns an error or nothing', async () => {
    const once = { pace: every(0), shouldRetry: () => true }
    expect(await retry(async () => FAILURE, once)).toBe(FAILURE)
    expect(await retry(async () => undefined, once)).toBeUndefined()
  })

  it('throws also what is no error', async () => {
    await expect(retry(() => Promise.reject(undefined), { pace: every(0), shouldRetry: () => false })).rejects.toBe(
      undefined,
    )
  })
})

describe('A sleep', () => {
  it('ends after its time, and not before', async () => {
    const start = performance.now()
    await sleep(20)
    expect(performance.now() - start).toBeGreaterThanOrEqual(19)
  })

  it.each([true, false])(
    'rejects with the reason of an abort (already: %s), and lets go of the signal',
    async (already) => {
      const signal = soonAborted(already)
      await expect(sleep(60_000, signal)).rejects.toBe(REASON)
      expect(listenersOf(signal)).toBe(0)
    },
  )

  it('that nobody aborts leaves nothing on the signal', async () => {
    const { signal } = new AbortController()
    await sleep(1, signal)
    expect(listenersOf(signal)).toBe(0)
  })
})

describe('A call back later', () => {
  it('comes once, and not at all when it was undone', async () => {
    const calls: string[] = []
    MONOTONIC.after(5, () => calls.push('kept'))
    const undo = MONOTONIC.after(1, () => calls.push('undone'))
    undo()
    undo()
    await sleep(20)
    expect(calls).toEqual(['kept'])
  })
})

describe('A call back again and again', () => {
  it('comes until it is ended', async () => {
    let calls = 0
    const end = repeat(1, () => {
      calls += 1
      if (calls === 3) end()
    })
    // Longer than it takes, as it keeps nobody waiting by itself.
    while (calls < 3) await sleep(1)
    await sleep(20)
    expect(calls).toBe(3)
  })
})

describe('A deadline', () => {
  it('aborts the work with its words, and lets go of every signal however the work ends', async () => {
    const signals = [new AbortController().signal, new AbortController().signal]
    const left = (): number => Math.max(...signals.map(listenersOf))
    const late = withDeadline(signals, { ms: 10, reason: 'no answer' }, (signal) => rejectOnAbort(never, signal))
    expect(left()).toBe(1)
    await expect(late).rejects.toThrow('no answer')
    expect(left()).toBe(0)
    expect(await withDeadline(signals, { ms: 60_000, reason: 'late' }, async () => 1)).toBe(1)
    await expect(withDeadline(signals, null, () => Promise.reject(FAILURE))).rejects.toBe(FAILURE)
    await expect(
      withDeadline(signals, null, () => {
        throw FAILURE
      }),
    ).rejects.toBe(FAILURE)
    expect(left()).toBe(0)
  })

  it.each([true, false])('passes the reason of any of its signals on (already: %s)', async (already) => {
    const quiet = new AbortController().signal
    const signal = soonAborted(already)
    const work = withDeadline([quiet, signal], { ms: 60_000, reason: 'late' }, (inner) => rejectOnAbort(never, inner))
    await expect(work).rejects.toBe(REASON)
    expect([listenersOf(quiet), listenersOf(signal)]).toEqual([0, 0])
  })

  it('does not pass over what has arrived while the process was stopped, as by a sleep of the machine', async () => {
    // Says something as soon as it is told to: that arrives, or is on its way, when the stop is over.
    const other = new Worker(
      `require('node:worker_threads').parentPort.once('message', (said) => {
      require('node:worker_threads').parentPort.postMessage(said)
    })`,
      { eval: true },
    )
    onTestFinished(async () => void (await other.terminate()))
    await once(other, 'online')
    // From here on timers are next: they ring before anything is read.
    await settled()
    const answer = once(other, 'message')
    const work = withDeadline([], { ms: 50, reason: 'no answer' }, (signal) => rejectOnAbort(answer, signal))
    other.postMessage('hi')
    stopFor(1_500)
    expect(await work).toEqual(['hi'])
  })

  it('still comes after a stop when nothing has arrived', async () => {
    const work = withDeadline([], { ms: 50, reason: 'no answer' }, (signal) => rejectOnAbort(never, signal))
    stopFor(1_500)
    await expect(work).rejects.toThrow('no answer')
  })

  it('aborts nothing once the work has ended', async () => {
    const controller = new AbortController()
    let inner: AbortSignal | undefined
    await withDeadline([controller.signal], { ms: 1, reason: 'late' }, async (signal) => {
      inner = signal
    })
    controller.abort(REASON)
    await sleep(10)
    expect(inner?.aborted).toBe(false)
  })
})

describe('A wait against a limit', () => {
  it('gives what came in time, and says late otherwise', async () => {
    expect(await raceTimeout(Promise.resolve(1), 1_000)).toEqual({ value: 1 })
    expect(await raceTimeout(never, 1)).toBe('late')
    await expect(raceTimeout(Promise.reject(FAILURE), 1_000)).rejects.toBe(FAILURE)
  })

  it('lets a failure that comes too late pass without a word', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', note)
    let fail = (): void => undefined
    const failing = new Promise<never>((_, reject) => {
      fail = () => reject(FAILURE)
    })
    expect(await raceTimeout(failing, 1)).toBe('late')
    fail()
    await settled()
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  it('settles as the promise does, or with something else when the time is over', async () => {
    const late = (): string => 'late'
    expect(await orAfter(Promise.resolve('in time'), 1_000, late)).toBe('in time')
    expect(await orAfter(never, 1, late)).toBe('late')
    await expect(orAfter(Promise.reject(FAILURE), 1_000, late)).rejects.toBe(FAILURE)
  })
})

describe('A listener of an abort', () => {
  it('is called once, at once if it is late, and never when it was undone', () => {
    const controller = new AbortController()
    let calls = 0
    const call = (): void => {
      calls += 1
    }
    onAbort(controller.signal, call)
    onAbort(controller.signal, call)()
    expect(calls).toBe(0)
    controller.abort()
    expect(calls).toBe(1)
    onAbort(controller.signal, call)
    expect(calls).toBe(2)
    onAbort(undefined, call)()
    expect([calls, listenersOf(controller.signal)]).toEqual([2, 0])
  })
})

describe('A wait that an abort ends', () => {
  const kinds = {
    rejectOnAbort: (promise: Promise<unknown>, signal: AbortSignal) => rejectOnAbort(promise, signal),
    resolveOnAbort: (promise: Promise<unknown>, signal: AbortSignal) => resolveOnAbort(promise, signal),
    ignoreAbort: (promise: Promise<unknown>, signal: AbortSignal) =>
      ignoreAbort(rejectOnAbort(promise, signal), signal),
  }

  it.each([
    ['rejectOnAbort', true],
    ['rejectOnAbort', false],
  ] as const)('rejects with the reason: %s (already: %s)', async (kind, already) => {
    const signal = soonAborted(already)
    await expect(kinds[kind](never, signal)).rejects.toBe(REASON)
    expect(listenersOf(signal)).toBe(0)
  })

  it.each([
    ['resolveOnAbort', true],
    ['resolveOnAbort', false],
    ['ignoreAbort', true],
    ['ignoreAbort', false],
  ] as const)('passes as its end: %s (already: %s)', async (kind, already) => {
    const signal = soonAborted(already)
    await expect(kinds[kind](never, signal)).resolves.toBeUndefined()
    expect(listenersOf(signal)).toBe(0)
  })

  it.each(Object.entries(kinds))(
    'settles as the promise does, and leaves nothing on a signal that lives on: %s',
    async (_, wait) => {
      const { signal } = new AbortController()
      const waits = Array.from({ length: 5 }, (_, n) => wait(n % 2 ? sleep(1) : Promise.resolve(n), signal))
      const failed = wait(Promise.reject(FAILURE), signal)
      await expect(failed).rejects.toBe(FAILURE)
      await Promise.all(waits)
      await settled()
      expect(listenersOf(signal)).toBe(0)
    },
  )

  it('resolves when the signal is aborted, if that is all that is waited for', async () => {
    await aborted(soonAborted(true))
    await aborted(soonAborted(false))
  })
})

describe('The next call', () => {
  it('is the first one, and the listener is taken away', async () => {
    const { on, emit, ...listeners } = createListeners<number>()
    const { signal } = new AbortController()
    const next = nextCall(on, signal)
    emit(1)
    emit(2)
    expect(await next).toBe(1)
    expect([sizeOf(listeners), listenersOf(signal)]).toEqual([0, 0])
  })

  it('may come while it is being subscribed to', async () => {
    let undone = 0
    const subscribe = (listener: (value: string) => void) => {
      listener('at once')
      return () => {
        undone += 1
      }
    }
    expect(await nextCall(subscribe)).toBe('at once')
    expect(undone).toBe(1)
  })

  it.each([true, false])('is given up with the reason of an abort (already: %s)', async (already) => {
    const listeners = createListeners<void>()
    const signal = soonAborted(already)
    await expect(nextCall(listeners.on, signal)).rejects.toBe(REASON)
    expect([listeners.size, listenersOf(signal)]).toEqual([0, 0])
  })

  it('that cannot be subscribed to is an error', async () => {
    await expect(
      nextCall(() => {
        throw FAILURE
      }),
    ).rejects.toBe(FAILURE)
  })
})

describe('A wait until something is found', () => {
  it('misses no change, whenever it comes, and checks no more often than something changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('change', 'turn'), { maxLength: 30 }),
        fc.nat(12),
        async (steps, wanted) => {
          const listeners = createListeners<void>()
          const { signal } = new AbortController()
          let value = 0
          let checks = 0
          const found = waitUntil(
            () => {
              checks += 1
              return value >= wanted ? value : null
            },
            listeners.on,
            signal,
          )
          for (const step of [...steps, ...Array(wanted).fill('change')]) {
            if (step === 'turn') await settled()
            else {
              value += 1
              listeners.emit()
            }
          }
          expect(await found).toBeGreaterThanOrEqual(wanted)
          expect(checks).toBeLessThanOrEqual(value + 1)
          expect([listeners.size, listenersOf(signal)]).toEqual([0, 0])
        },
      ),
    )
  })

  it.each([true, false])('is given up with the reason of an abort (already: %s)', async (already) => {
    const listeners = createListeners<void>()
    const signal = soonAborted(already)
    await expect(waitUntil(() => null, listeners.on, signal)).rejects.toBe(REASON)
    expect([listeners.size, listenersOf(signal)]).toEqual([0, 0])
  })

  it('rejects with what the check throws', async () => {
    const check = (): null => {
      throw FAILURE
    }
    await expect(waitUntil(check, createListeners<void>().on, new AbortController().signal)).rejects.toBe(FAILURE)
  })
})

describe('Steps side by side', () => {
  it('give their results in order', async () => {
    expect(
      await allOrCancel(
        () => undefined,
        sleep(5).then(() => 'a'),
        Promise.resolve(2),
      ),
    ).toEqual(['a', 2])
  })

  it('are cancelled when one fails, and waited for, whatever becomes of them', async () => {
    const controller = new AbortController()
    const ends: string[] = []
    const slow = aborted(controller.signal)
      .then(settled)
      .then(() => ends.push('slow'))
    const failsToo = rejectOnAbort(never, controller.signal)
    const all = allOrCancel(() => controller.abort(REASON), slow, Promise.reject(FAILURE), failsToo)
    await expect(all).rejects.toBe(FAILURE)
    expect(ends).toEqual(['slow'])
  })
})

/** The size of the listeners, read through their getter. */
function sizeOf(listeners: { readonly size?: number }): number {
  return listeners.size ?? Number.NaN
}
