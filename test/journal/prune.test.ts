import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDeliveries } from '../../src/journal/reader.ts'
import type { Limits } from '../../src/journal/segments.ts'
import { folderForTest } from '../support/folder.ts'
import { answered, delivery, NO_LABEL, openTestJournal } from '../support/journal.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const START = 1_800_000_000_000
const PLENTY: Limits = { deliveries: 1_000_000, ms: 1e12, bytes: 1e12 }

const ids = async (folder: string): Promise<string[]> => (await readDeliveries(folder)).map(({ id }) => id)

/** Ids `d1`, `d2`, … up to `to`. */
const range = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `d${from + i}`)

describe('what the journal keeps', () => {
  it('is so many deliveries, and up to a tenth more', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder, { limits: { ...PLENTY, deliveries: 20 } })
    for (const id of range(1, 50)) {
      journal.record(delivery(id), NO_LABEL, id)
      journal.recordAttempt(id, 1, answered(200))
      journal.settle(id, 'delivered')
      await journal.synced(id)
    }
    const kept = await ids(folder)
    expect(kept).toEqual(range(51 - kept.length, 50))
    expect(kept.length).toBeGreaterThanOrEqual(20)
    expect(kept.length).toBeLessThanOrEqual(22)
    // Memory is bounded by the same rule.
    expect(journal.seen('d1')).toBeNull()
    expect(journal.seen('d50')?.id).toBe('d50')
    await expect(journal.synced('d1')).rejects.toThrow('not in the journal')
  })

  it('is so many bytes, attempts and all', async () => {
    const folder = await folderForTest()
    const limits = { ...PLENTY, bytes: 50_000 }
    const { journal } = await openTestJournal(folder, { limits })
    for (const id of range(1, 60)) {
      journal.record(delivery(id, { body: Buffer.alloc(2_000, 'x') }), NO_LABEL, null)
      await journal.synced(id)
    }
    const kept = await ids(folder)
    expect(kept).toEqual(range(61 - kept.length, 60))
    expect(kept.length).toBeGreaterThan(15)
    expect(kept.length).toBeLessThan(25)
  })

  it('is so much time, and up to a seventh more', async () => {
    const folder = await folderForTest()
    let now = START
    const { journal } = await openTestJournal(folder, { now: () => now, limits: { ...PLENTY, ms: 7 * DAY } })
    for (const id of range(1, 20)) {
      journal.record(delivery(id, { receivedAt: now }), NO_LABEL, null)
      await journal.synced(id)
      now += DAY
    }
    expect(await ids(folder)).toEqual(range(13, 20))
  })

  it('is looked after at the start, too', async () => {
    const folder = await folderForTest()
    const first = await openTestJournal(folder, { now: () => START, limits: { ...PLENTY, deliveries: 100 } })
    for (const id of range(1, 30)) {
      first.journal.record(delivery(id, { receivedAt: START }), NO_LABEL, id)
      await first.journal.synced(id)
    }
    await first.journal.close()
    const { journal } = await openTestJournal(folder, {
      now: () => START + 8 * DAY,
      limits: { ...PLENTY, ms: 7 * DAY },
    })
    expect(await ids(folder)).toEqual(range(21, 30))
    expect(journal.seen('d20')).toBeNull()
  })

  it('is more than that while the next run owes the bot a delivery', async () => {
    const folder = await folderForTest()
    let now = START
    const options = { now: () => now, limits: { ...PLENTY, deliveries: 10 } }
    const { journal } = await openTestJournal(folder, options)
    const record = async (id: string): Promise<void> => {
      journal.record(delivery(id, { receivedAt: now }), NO_LABEL, null)
      await journal.synced(id)
    }
    for (const id of range(1, 5)) await record(id)
    journal.settle('d5', 'acknowledged', 200)
    for (const id of range(6, 40)) await record(id)
    expect((await ids(folder))[0]).toBe('d5')
    expect(journal.undelivered()).toHaveLength(1)
    now += 10 * MINUTE + 1
    for (const id of range(41, 42)) await record(id)
    expect((await ids(folder)).length).toBeLessThanOrEqual(12)
    expect(journal.undelivered()).toEqual([])
  })

  it('never loses attempts and settlements of what it keeps', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder, { limits: { ...PLENTY, deliveries: 10 } })
    for (const id of range(1, 12)) {
      journal.record(delivery(id), NO_LABEL, id)
      await journal.synced(id)
    }
    // These lines stand in later segments than their delivery.
    for (const id of range(1, 12)) journal.settle(id, 'delivered', 200)
    journal.record(delivery('d13'), NO_LABEL, null)
    await journal.close()
    const kept = await readDeliveries(folder)
    expect(kept.length).toBeGreaterThanOrEqual(10)
    expect(kept.filter(({ settled }) => settled !== 'delivered').map(({ id }) => id)).toEqual(['d13'])
  })

  it('does not include for ever what was set aside', async () => {
    const folder = await folderForTest()
    const events = join(folder, 'events')
    await mkdir(events)
    const names = [
      '0000000000000001.jsonl.damaged-1',
      '0000000000000001.jsonl.abcdef.tmp',
      'recent.damaged-1',
      'notes.txt',
    ]
    for (const name of names) await writeFile(join(events, name), '')
    const longAgo = new Date(Date.now() - 8 * DAY)
    for (const name of names.filter((each) => !each.startsWith('recent')))
      await utimes(join(events, name), longAgo, longAgo)
    await openTestJournal(folder)
    expect((await readdir(events)).sort()).toEqual(['notes.txt', 'recent.damaged-1'])
  })
})
