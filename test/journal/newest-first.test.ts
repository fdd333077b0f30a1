// The list of deliveries, which is read from the end of the log, against the whole log read from its beginning.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Settled, Summary } from '../../src/core/delivery.ts'
import type { Journal } from '../../src/core/ports.ts'
import { createDeliveryIndex } from '../../src/journal/index/by-delivery.ts'
import type { IndexEntry } from '../../src/journal/index/entry.ts'
import { openJournal } from '../../src/journal/journal.ts'
import { BEGINNING, type DeliveryFilter, readDeliveries, readFrom } from '../../src/journal/reader.ts'
import { eventsFolder } from '../../src/journal/segments.ts'
import { anAttempt } from '../support/attempts.ts'
import { folderForTest } from '../support/folder.ts'
import { anyDamage, damaged } from '../support/journal/damages.ts'
import { answered, delivery, NO_LABEL, openTestJournal, refused } from '../support/journal/journal.ts'

/** Something that is recorded: of the delivery that came so many before the newest one, or a new one. */
type Step =
  | { readonly what: 'received'; readonly body: string }
  | { readonly what: 'attempt'; readonly ago: number; readonly outcome: 'answered' | 'refused' | 'interrupted' }
  | { readonly what: 'settled'; readonly ago: number; readonly settled: Settled; readonly told: number | undefined }

const ago = fc.nat(30)
const received: fc.Arbitrary<Step> = fc.record({
  what: fc.constant('received' as const),
  body: fc.constantFrom('{"text":"hi"}', 'refund\n', ''),
})
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  received,
  fc.record({
    what: fc.constant('attempt' as const),
    ago,
    outcome: fc.constantFrom('answered' as const, 'refused', 'interrupted'),
  }),
  fc.record({
    what: fc.constant('settled' as const),
    ago,
    settled: fc.constantFrom('delivered' as const, 'acknowledged', 'interrupted', 'returned', 'rejected', 'passed'),
    told: fc.option(fc.constantFrom(200, 503), { nil: undefined }),
  }),
)

const ATTEMPTS = { answered: answered(500, 'no'), refused, interrupted: anAttempt('interrupted') }

async function perform(journal: Journal, steps: readonly Step[]): Promise<void> {
  let newest = 0
  for (const step of steps) {
    if (step.what === 'received') {
      newest += 1
      const came = delivery(`d${newest}`, { receivedAt: newest, body: Buffer.from(step.body) })
      journal.record(came, { ...NO_LABEL, text: step.body }, `key ${newest}`)
      // A segment ends between two writes, so that all of these are in a few of them.
      if (newest % 3 === 0) await journal.synced(`d${newest}`)
      continue
    }
    const id = `d${newest - step.ago}`
    if (step.what === 'attempt') journal.recordAttempt(id, 1, ATTEMPTS[step.outcome])
    else journal.settle(id, step.settled, step.told)
  }
}

/** Every delivery of a log, oldest first, as the whole of it says. */
async function readWhole(folder: string): Promise<Summary[]> {
  const index = createDeliveryIndex()
  await readFrom(eventsFolder(folder), BEGINNING, { record: (record) => void index.add({ record, content: null }) })
  return [...index.entries.values()].map(rowOf)
}

/** The row of a delivery, from all of its attempts and from how the platform was answered. */
function rowOf({ delivery: { record }, attempts, summary: { settled }, answer }: IndexEntry): Summary {
  const { id, receivedAt, method, search, label, bytes } = record
  const made = attempts.map((attempt) => attempt.record)
  const statuses = made.map((attempt) => (attempt.outcome === 'answered' ? attempt.status : null))
  return {
    id,
    receivedAt,
    method,
    search,
    label,
    bytes,
    settled,
    attempts: made.length,
    replays: made.filter(({ replay }) => replay).length,
    editOf: null,
    outcome: made.at(-1)?.outcome ?? null,
    status: statuses.at(-1) ?? null,
    answered: statuses.findLast((status) => status !== null) ?? null,
    ms: made.at(-1)?.ms ?? null,
    ownStatus: typeof answer === 'number' ? answer : null,
  }
}

async function damageOne(folder: string, pick: number, damage: Parameters<typeof damaged>[1]): Promise<void> {
  const events = eventsFolder(folder)
  const names = await readdir(events)
  const path = join(events, names[pick % names.length] ?? '')
  await writeFile(path, damaged(await readFile(path), damage))
}

describe('a list that is read from the end of the log', () => {
  it('is that of the whole log, whatever came of a delivery later, was pruned or damaged', {
    timeout: 300_000,
  }, async () => {
    const folder = await folderForTest()
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(received, anyStep), { minLength: 20, maxLength: 150 }),
        fc.constantFrom(20, 1_000),
        fc.array(fc.tuple(fc.nat(100), anyDamage), { maxLength: 2 }),
        async (steps, deliveries, damages) => {
          run += 1
          const own = join(folder, String(run))
          const journal = await openJournal(own, {
            onTrouble: () => undefined,
            limits: { deliveries, ms: 1e15, bytes: 20_000 },
          })
          await perform(journal, steps)
          await journal.close()
          for (const [pick, damage] of damages) await damageOne(own, pick, damage)

          const whole = await readWhole(own)
          expect(await readDeliveries(own)).toEqual(whole)
          for (const last of [1, 5, 17]) {
            expect(await readDeliveries(own, { last })).toEqual(whole.slice(-last))
            const where = ({ settled }: Summary): boolean => settled === 'delivered'
            expect(await readDeliveries(own, { last, where })).toEqual(whole.filter(where).slice(-last))
          }
          const content: DeliveryFilter['content'] = ({ body }) => body.includes('refund')
          expect(await readDeliveries(own, { content, last: 4 })).toEqual(
            whole.filter(({ label }) => label.text?.includes('refund')).slice(-4),
          )
        },
      ),
      { numRuns: 100 },
    )
  })

  it('reads no segment that is older than what is asked for', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder, { limits: { deliveries: 20, ms: 1e12, bytes: 1e12 } })
    for (let i = 1; i <= 12; i += 1) {
      journal.record(delivery(`d${i}`), NO_LABEL, null)
      await journal.synced(`d${i}`)
    }
    await journal.close()
    const events = eventsFolder(folder)
    const [oldest = ''] = (await readdir(events)).sort()
    await rm(join(events, oldest))
    await mkdir(join(events, oldest))
    expect((await readDeliveries(folder, { last: 2 })).map(({ id }) => id)).toEqual(['d11', 'd12'])
    await expect(readDeliveries(folder)).rejects.toMatchObject({ code: 'DEVHOOK_STATE_DAMAGED' })
  })
})
