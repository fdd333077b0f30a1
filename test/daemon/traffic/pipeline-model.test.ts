// The pipeline and the queue together against every order of happenings: what the platform is told is true, and told in time.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Attempt, Delivery, Reply } from '../../../src/core/delivery.ts'
import { createPipeline, type PipelineItem } from '../../../src/daemon/traffic/pipeline.ts'
import { createQueue } from '../../../src/delivery/queue.ts'
import { createFakeBot } from '../../support/bot/fake-bot.ts'
import { createFakeJournal } from '../../support/daemon/fakes.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

const HOLD_MS = 15_000
const PATIENCE_MS = 18_000

type Step =
  | { readonly do: 'arrive'; readonly conversation: string; readonly again: boolean }
  | { readonly do: 'end'; readonly which: number; readonly outcome: Attempt['outcome'] }
  | { readonly do: 'hold' | 'release' }
  | { readonly do: 'disk'; readonly broken: boolean }
  | { readonly do: 'pass'; readonly ms: number }

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('arrive' as const),
      conversation: fc.constantFrom('a', 'a', 'b'),
      again: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which: fc.nat(5),
      outcome: fc.constantFrom<Attempt['outcome']>('answered', 'answered', 'refused', 'interrupted'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('hold' as const, 'release', 'release') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('disk' as const), broken: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(10, 3_000, 15_000, 18_000) }),
  },
)

/** A call of the platform, and how it was answered. */
interface Call {
  readonly key: string
  readonly at: number
  reply: Reply | null
  ms: number
}

function createWorld(late: 'ack' | 'retry') {
  const clock = createFakeClock()
  const journal = createFakeJournal()
  const bot = createFakeBot(clock.now)
  const calls: Call[] = []
  const bodies: Buffer[] = []
  /** The attempts of which the bot had something, by the body that it had. */
  const had: string[] = []
  let count = 0
  const pipeline = createPipeline({
    openQueue: (on) =>
      createQueue<PipelineItem>({
        send: bot.send,
        now: clock.now,
        after: clock.after,
        on: {
          ...on,
          attempt: ({ delivery }, n, attempt) => {
            journal.recordAttempt(delivery.id, n, attempt)
            const { outcome } = attempt
            if (outcome !== 'refused' && !(outcome === 'cancelled' && !attempt.sent)) had.push(delivery.body.toString())
          },
          held: () => {},
          released: () => {},
          dropped: () => {},
          unreachable: () => {},
          overdue: () => {},
        },
      }),
    journal,
    guard: () => ({ pass: true }),
    emit: () => {},
    botId: 'b1',
    answerChallenge: () => expect.unreachable('nobody sends a challenge'),
    arrived: () => {},
    late,
    onBotError: 'ack',
    holdMs: HOLD_MS,
    patienceMs: PATIENCE_MS,
    clock,
  })

  function arrive(conversation: string, again: boolean): void {
    const body =
      (again ? bodies.at(-1) : undefined) ??
      Buffer.from(JSON.stringify({ id: `p${bodies.length}`, data: { conversation: { id: conversation } } }))
    if (!bodies.includes(body)) bodies.push(body)
    count += 1
    const at = clock.now()
    const delivery: Delivery = {
      id: `d${count}`,
      receivedAt: Date.now(),
      method: 'POST',
      search: '',
      headers: [],
      body,
    }
    const call: Call = { key: body.toString(), at, reply: null, ms: Number.NaN }
    calls.push(call)
    void pipeline.accept(delivery, at).then((reply) => {
      call.reply = reply
      call.ms = clock.now() - at
    })
  }

  async function run(step: Step): Promise<void> {
    if (step.do === 'arrive') arrive(step.conversation, step.again)
    if (step.do === 'end') {
      const open = bot.open()
      open[step.which % Math.max(1, open.length)]?.end(step.outcome)
    }
    if (step.do === 'hold') pipeline.queue.hold('the test')
    if (step.do === 'release') pipeline.queue.release()
    if (step.do === 'disk') journal.broken = step.broken
    await clock.pass(step.do === 'pass' ? step.ms : 0)
  }

  return { calls, had, journal, pipeline, run }
}

describe('The pipeline', () => {
  it.each(['ack', 'retry'] as const)(
    'with `%s`, the platform is told the truth, once and in time, whatever happens',
    async (late) => {
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { maxLength: 40, size: 'max' }), async (all) => {
          const { calls, had, journal, pipeline, run } = createWorld(late)
          for (const step of all) await run(step)
          // The platform gives up at 20 s: everything has its answer by then.
          await run({ do: 'pass', ms: PATIENCE_MS })
          for (const { reply, ms } of calls) {
            expect(reply).not.toBeNull()
            expect(ms).toBeLessThanOrEqual(PATIENCE_MS)
          }
          // The rest of the run: a bot that answers everything, and a disk that takes everything.
          await run({ do: 'disk', broken: false })
          while (pipeline.queue.waiting + pipeline.queue.inFlight > 0) {
            await run({ do: 'release' })
            await run({ do: 'end', which: 0, outcome: 'answered' })
          }
          for (const key of new Set(calls.map((call) => call.key))) {
            const times = had.filter((each) => each === key).length
            const isToldReceived = calls.some(({ reply, ...call }) => call.key === key && (reply?.status ?? 0) < 300)
            if (isToldReceived) expect(times).toBeGreaterThan(0)
            // With `retry`, what broke on the way is sent again because the platform was told so.
            if (late === 'ack') expect(times).toBeLessThanOrEqual(1)
          }
          expect(pipeline.totals().undelivered).toBe(0)
          expect(journal.undelivered()).toEqual([])
        }),
        { numRuns: 400 },
      )
    },
  )
})
