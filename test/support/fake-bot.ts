// A way to the bot that a test drives by hand, together with a clock that it turns by hand.
import type { Attempt, Delivery, RawHeaders } from '../../src/core/delivery.ts'
import type { Forward } from '../../src/delivery/forwarder.ts'

/** One attempt that waits for the test to end it. */
export interface Sent {
  readonly delivery: Delivery
  readonly headers: RawHeaders | undefined
  readonly at: number
  /** Set once the queue cancelled it. */
  cancelled: string | null
  ended: boolean
  end(outcome: Attempt['outcome']): void
}

export interface FakeBot {
  readonly forward: Forward
  /** Every attempt so far, in the order in which they were sent. */
  readonly sent: Sent[]
  /** Those that have not ended. */
  open(): Sent[]
}

/** Creates a bot that answers when it is told to. A cancelled attempt ends at once. */
export function createFakeBot(now: () => number, onSend: (sent: Sent) => void = () => {}): FakeBot {
  const sent: Sent[] = []
  return {
    sent,
    open: () => sent.filter(({ ended }) => !ended),
    forward: (delivery, headers) => {
      let resolve: (attempt: Attempt) => void
      const done = new Promise<Attempt>((resolveDone) => {
        resolve = resolveDone
      })
      const startedAt = now()
      const one: Sent = {
        delivery,
        headers,
        at: startedAt,
        cancelled: null,
        ended: false,
        end: (outcome) => {
          if (one.ended) return
          one.ended = true
          const times = { startedAt, ms: now() - startedAt }
          const reply = { status: 200, headers: [], body: Buffer.alloc(0) }
          resolve(outcome === 'answered' ? { ...times, outcome, reply } : { ...times, outcome, reason: 'as told' })
        },
      }
      sent.push(one)
      onSend(one)
      return {
        done,
        cancel: (reason) => {
          one.cancelled = reason
          one.end('cancelled')
        },
      }
    },
  }
}

export interface FakeClock {
  readonly now: () => number
  readonly after: (ms: number, run: () => void) => () => void
  /** Lets time pass; runs what falls due on the way, in order. */
  pass(ms: number): Promise<void>
  /** How many timers are set. */
  readonly timers: () => number
}

/** Creates a clock that stands still. */
export function createFakeClock(): FakeClock {
  let time = 1_000_000
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  return {
    now: () => time,
    timers: () => timers.size,
    after: (ms, run) => {
      const timer = { at: time + ms, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    pass: async (ms) => {
      const end = time + ms
      for (;;) {
        const [due] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (due === undefined) break
        timers.delete(due)
        time = due.at
        due.run()
        await settled()
      }
      time = end
      await settled()
    },
  }
}

/** Resolves once every promise that can settle by now has settled. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
