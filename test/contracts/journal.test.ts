// What every journal does: the one on disk, and the one in memory that tests of the corridor work with.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Attempt, Settled } from '../../src/core/delivery.ts'
import type { Journal, RecordedDelivery } from '../../src/core/ports.ts'
import { openJournal } from '../../src/journal/journal.ts'
import { anAttempt } from '../support/attempts.ts'
import { createFakeJournal } from '../support/daemon/fakes.ts'
import { folderForTest } from '../support/folder.ts'
import { answered, delivery, NO_LABEL, openTestJournal, refused } from '../support/journal/journal.ts'

const DAY_MS = 24 * 3_600_000
const LABEL = { event: 'message.create.contact.chat', platformId: 'p1', conversation: 'c1', text: 'hi there' }
const INTERRUPTED = anAttempt('interrupted')
const CANCELLED = anAttempt('cancelled')
const UNWRITABLE = { code: 'DEVHOOK_STATE_UNWRITABLE' }

type Open = (now: () => number) => Promise<Journal>

const JOURNALS: readonly (readonly [name: string, open: Open])[] = [
  ['the journal', async (now) => (await openTestJournal(await folderForTest(), { now })).journal],
  ['the fake journal', async (now) => createFakeJournal(now)],
]

describe.each(JOURNALS)('%s', (_, open) => {
  const opened = (): Promise<Journal> => open(Date.now)

  it('says of a delivery that it is recorded, whether its key is new or not', async () => {
    const journal = await opened()
    expect(journal.record(delivery('d1'), LABEL, 'k1')).toBe(true)
    expect(journal.record(delivery('d2'), LABEL, 'k1')).toBe(true)
    expect(journal.record(delivery('d3'), LABEL, null)).toBe(true)
    await Promise.all(['d1', 'd2', 'd3'].map((id) => journal.synced(id)))
  })

  it('finds what was recorded, and gives it back to the byte', async () => {
    const journal = await opened()
    const given = delivery('d1', { body: Buffer.from([0, 255, 10]), search: '?a=%ff', headers: ['A', '1', 'a', '2'] })
    journal.record(given, LABEL, 'k1')
    expect(journal.find('d1')).toMatchObject({ id: 'd1', receivedAt: given.receivedAt, label: LABEL })
    expect(journal.find('d1')).toMatchObject({ settled: null, attempts: 0 })
    expect(await journal.find('d1')?.load()).toEqual(given)
    expect(journal.find('d')).toBeNull()
  })

  it('promises nothing of a delivery that it does not know', async () => {
    const journal = await opened()
    journal.recordAttempt('nobody', 1, answered(200))
    journal.settle('nobody', 'acknowledged', 200)
    await expect(journal.synced('nobody')).rejects.toMatchObject(UNWRITABLE)
    expect(journal.find('nobody')).toBeNull()
    expect(journal.undelivered()).toEqual([])
  })

  it('knows a delivery by its key, the latest one, for a day', async () => {
    let now = 1_800_000_000_000
    const journal = await open(() => now)
    journal.record(delivery('d1', { receivedAt: now }), NO_LABEL, 'k1')
    expect(journal.seen('k1')).toMatchObject({ id: 'd1', settled: null })
    expect(await journal.seen('k1')?.answer()).toBeNull()
    journal.record(delivery('d2', { receivedAt: now }), NO_LABEL, 'k1')
    expect(journal.seen('k1')?.id).toBe('d2')
    expect(journal.seen('k2')).toBeNull()
    now += DAY_MS
    expect(journal.seen('k1')?.id).toBe('d2')
    now += 1
    expect(journal.seen('k1')).toBeNull()
  })

  it('takes the first answer for what the platform was answered, the bot’s or our own', async () => {
    const journal = await opened()
    journal.record(delivery('bot'), NO_LABEL, 'bot')
    journal.recordAttempt('bot', 1, refused)
    journal.recordAttempt('bot', 2, answered(201, 'hello'))
    journal.settle('bot', 'delivered')
    journal.recordAttempt('bot', 3, answered(500, 'a replay'))
    const reply = { status: 201, headers: ['X-Bot', 'yes'], body: Buffer.from('hello') }
    expect(await journal.seen('bot')?.answer()).toEqual(reply)
    journal.record(delivery('own'), NO_LABEL, 'own')
    journal.settle('own', 'acknowledged', 200)
    journal.recordAttempt('own', 1, answered(201, 'late'))
    expect(await journal.seen('own')?.answer()).toEqual({ status: 200, headers: [], body: Buffer.alloc(0) })
  })

  it('settles by an attempt what the platform still waits for or was acknowledged, and nothing else', async () => {
    const journal = await opened()
    const settledBy = (before: Settled | null, attempt: Attempt): Settled | null | undefined => {
      const id = `${before} ${attempt.outcome}`
      journal.record(delivery(id), NO_LABEL, null)
      if (before !== null) journal.settle(id, before, 200)
      journal.recordAttempt(id, 1, attempt)
      return journal.find(id)?.settled
    }
    for (const before of [null, 'acknowledged'] as const) {
      expect(settledBy(before, answered(200))).toBe('delivered')
      expect(settledBy(before, INTERRUPTED)).toBe('interrupted')
      expect(settledBy(before, refused)).toBe(before)
      expect(settledBy(before, CANCELLED)).toBe(before)
    }
    for (const before of ['delivered', 'returned', 'rejected', 'interrupted'] as const) {
      expect(settledBy(before, INTERRUPTED)).toBe(before)
    }
  })

  it('lists what was acknowledged and is not delivered, oldest first', async () => {
    const journal = await opened()
    for (const id of ['d1', 'd2', 'd3', 'd4']) journal.record(delivery(id), NO_LABEL, null)
    for (const id of ['d4', 'd2', 'd1']) journal.settle(id, 'acknowledged', 200)
    journal.settle('d2', 'interrupted')
    expect(journal.undelivered().map(({ id }) => id)).toEqual(['d1', 'd4'])
  })

  it('takes nothing any more once it is closed, and closes twice', async () => {
    const journal = await opened()
    journal.record(delivery('d1'), NO_LABEL, 'k')
    await Promise.all([journal.close(), journal.close()])
    expect(journal.record(delivery('d2'), NO_LABEL, 'k')).toBe(false)
    journal.settle('d1', 'acknowledged')
    expect(journal.undelivered()).toEqual([])
    for (const id of ['d1', 'd2']) await expect(journal.synced(id)).rejects.toMatchObject(UNWRITABLE)
  })
})

type Step = (journal: Journal) => unknown

const id = fc.constantFrom('d0', 'd1', 'd2', 'd3')
const key = fc.option(fc.constantFrom('k0', 'k1'))
const anyAttempt = fc.constantFrom(refused, INTERRUPTED, CANCELLED, answered(200, 'yes'), answered(500))
const anySettled = fc.constantFrom<Settled>('delivered', 'acknowledged', 'interrupted', 'returned', 'rejected')
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ id, key })
    .map((at) => (to: Journal) => to.find(at.id) ?? to.record(delivery(at.id, FIXED), LABEL, at.key)),
  fc
    .record({ id, n: fc.nat(3), anyAttempt })
    .map((at) => (to: Journal) => to.recordAttempt(at.id, at.n, at.anyAttempt)),
  fc.record({ id, anySettled, told: fc.constantFrom(undefined, 200, 503) }).map((at) => (to: Journal) => {
    to.settle(at.id, at.anySettled, at.told)
  }),
)

const FIXED = { receivedAt: 1_800_000_000_000 }

const shown = (recorded: RecordedDelivery | null) => recorded && { ...recorded, load: null }

/** Everything that can be asked of a journal. */
async function answersOf(journal: Journal): Promise<unknown> {
  const seen = ['k0', 'k1'].map((one) => journal.seen(one))
  return {
    undelivered: journal.undelivered().map(shown),
    found: ['d0', 'd1', 'd2', 'd3'].map((one) => shown(journal.find(one))),
    seen: await Promise.all(seen.map(async (one) => one && { ...one, answer: await one.answer() })),
  }
}

it('any history is told alike by the fake journal and the real one', async () => {
  const folder = await folderForTest()
  const now = (): number => FIXED.receivedAt
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 30 }), async (steps) => {
      run += 1
      const real = await openJournal(`${folder}/${run}`, { now, onTrouble: (__, said) => expect.unreachable(said) })
      const fake = createFakeJournal(now)
      for (const step of steps) {
        step(real)
        step(fake)
        expect(await answersOf(fake)).toEqual(await answersOf(real))
      }
      await real.close()
    }),
    { numRuns: 60 },
  )
})
