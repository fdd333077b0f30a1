import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Settled } from '../../src/core/delivery.ts'
import { attemptRecord, deliveryRecord, settlementRecord, writeRecord } from '../../src/journal/format/record-format.ts'
import { createDeliveryIndex } from '../../src/journal/index/by-delivery.ts'
import { createRunIndex, type RunIndex } from '../../src/journal/index/run-index.ts'
import type { RunRecord } from '../../src/journal/index/stored-entries.ts'
import { type Extent, segmentName } from '../../src/journal/segments.ts'
import { anAttempt } from '../support/attempts.ts'
import { answered, delivery, NO_LABEL } from '../support/journal/journal.ts'

const SETTLED: readonly Settled[] = ['delivered', 'acknowledged', 'interrupted', 'returned']

/** What is recorded next: a delivery, or something of one that came before, counted from the newest. */
type Step =
  | { readonly is: 'delivery'; readonly key: string | null; readonly text: string }
  | { readonly is: 'attempt'; readonly of: number; readonly status: number | null }
  | { readonly is: 'settled'; readonly of: number; readonly settled: Settled; readonly told: number | null }
  /** Everything before is written. */
  | { readonly is: 'write' }
  | { readonly is: 'forget'; readonly share: number }

const status = fc.constantFrom(200, 201, 500)
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('delivery' as const),
      key: fc.option(fc.oneof(fc.constantFrom('a', 'b', 'ключ', '🔑'), fc.string({ minLength: 1 }))),
      text: fc.string({ unit: 'grapheme', maxLength: 40 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ is: fc.constant('attempt' as const), of: fc.nat(5), status: fc.option(status) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constant('settled' as const),
      of: fc.nat(5),
      settled: fc.constantFrom(...SETTLED),
      told: fc.option(status),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ is: 'write' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ is: fc.constant('forget' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
)

function recordOf(step: Exclude<Step, { is: 'forget' | 'write' }>, seq: number, ids: readonly string[]): RunRecord {
  if (step.is === 'delivery')
    return deliveryRecord(seq, delivery(`d${seq}é`, { receivedAt: seq }), { ...NO_LABEL, text: step.text }, step.key)
  const id = ids.at(-1 - step.of) ?? 'unknown'
  if (step.is === 'settled') return settlementRecord(seq, id, step.settled, seq, step.told)
  return attemptRecord(
    seq,
    id,
    1,
    step.status === null ? anAttempt('refused', { reason: 'no' }) : answered(step.status),
  )
}

/** Ten records to a segment. */
const segmentOf = (seq: number): string => segmentName(seq - (seq % 10))

function addWritten(index: RunIndex, record: RunRecord, at: Extent): void {
  const row = index.add(record, null)
  if (row !== null) index.written(row, writeRecord(record), at)
}

describe('The index of a run', () => {
  it('says the same of every delivery as the index of a reader, and finds the latest of each key', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 120 }), (steps) => {
        const ours = createRunIndex()
        const theirs = createDeliveryIndex()
        const ids: string[] = []
        let write: (() => void)[] = []
        for (const [i, step] of steps.entries()) {
          const seq = i + 1
          if (step.is === 'write') {
            for (const one of write) one()
            write = []
          } else if (step.is === 'forget') {
            const segment = segmentOf(Math.floor(step.share * seq))
            ours.forgetBefore(segment)
            theirs.forgetBefore(segment)
          } else {
            const record = recordOf(step, seq, ids)
            const indexed: { record: RunRecord; content: Extent | null } = { record, content: null }
            theirs.add(indexed)
            const row = ours.add(record, null)
            write.push(() => {
              indexed.content = { segment: segmentOf(seq), offset: seq, length: 1 }
              if (row !== null) ours.written(row, writeRecord(record), indexed.content)
            })
            if (record.t === 'delivery') ids.push(record.id)
          }
        }
        const expected = [...theirs.entries.values()]
        expect([...ours.entries.values()]).toEqual(expected)
        expect([...ours.entries.keys()]).toEqual([...theirs.entries.keys()])
        for (const id of [...ids, 'unknown', '']) {
          expect(ours.entries.get(id)).toEqual(theirs.entries.get(id))
          expect(ours.progress(id)?.settled).toBe(theirs.entries.get(id)?.summary.settled)
        }
        expect(ours.undelivered()).toEqual(expected.filter(({ summary }) => summary.settled === 'acknowledged'))
        const keys = new Map(expected.map((entry) => [entry.delivery.record.key, entry] as const))
        for (const [key, entry] of keys) if (key !== null) expect(ours.byKey(key)).toEqual(entry)
      }),
      { numRuns: 400 },
    )
  })

  it('finds each of many deliveries, and none that it has forgotten', () => {
    const index = createRunIndex()
    for (let seq = 1; seq <= 9_000; seq += 1) {
      const record = deliveryRecord(seq, delivery(`d${seq}`), NO_LABEL, `key ${seq}`)
      addWritten(index, record, { segment: segmentOf(seq), offset: 0, length: 1 })
      if (seq % 500 === 0) index.forgetBefore(segmentOf(seq - 3_000))
    }
    const kept = Array.from({ length: 9_000 }, (_, i) => i + 1).filter((seq) => index.entries.has(`d${seq}`))
    expect(kept).toEqual(Array.from({ length: 3_001 }, (_, i) => 6_000 + i))
    for (const seq of [1, 5_999]) expect(index.byKey(`key ${seq}`)).toBeNull()
    for (const seq of kept) expect(index.byKey(`key ${seq}`)?.delivery.record.id).toBe(`d${seq}`)
  })
})
