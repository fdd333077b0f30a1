import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Journal } from '../../src/core/ports.ts'
import { lineEnd } from '../../src/journal/format/checksum.ts'
import { keyRecord, writeRecord } from '../../src/journal/format/record-format.ts'
import { createRunIndex } from '../../src/journal/index/run-index.ts'
import { createPruning } from '../../src/journal/prune/prune.ts'
import { createPrunedKeys } from '../../src/journal/prune/pruned-keys.ts'
import { readDeliveries } from '../../src/journal/reader.ts'
import { createSegment, type Limits, segmentName } from '../../src/journal/segments.ts'
import { type OpenFile, openLogFile } from '../../src/journal/write/log-file.ts'
import { folderForTest } from '../support/folder.ts'
import { answered, delivery, NO_LABEL, openTestJournal } from '../support/journal/journal.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const START = 1_800_000_000_000
const PLENTY: Limits = { deliveries: 1_000_000, ms: 1e12, bytes: 1e12 }

const ids = async (folder: string): Promise<string[]> => (await readDeliveries(folder)).map(({ id }) => id)

/** Ids `d1`, `d2`, … up to `to`. */
const range = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `d${from + i}`)

describe('What the journal keeps', () => {
  it('is limited to a number of deliveries, and up to a tenth more', async () => {
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
    expect(journal.find('d1')).toBeNull()
    expect(journal.find('d50')?.id).toBe('d50')
  })

  it('is limited to a number of bytes, which includes attempts', async () => {
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

  it('is limited to an age, and up to a seventh more', async () => {
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

  it('is as old as its newest delivery, though the clock was far behind for a while', async () => {
    const folder = await folderForTest()
    let now = START
    const { journal } = await openTestJournal(folder, { now: () => now, limits: { ...PLENTY, ms: 7 * DAY } })
    for (const [id, time] of [
      ['right', START],
      ['behind', START - 365 * DAY],
      ['right again', START + DAY],
      ['a day later', START + 2 * DAY],
    ] as const) {
      now = time
      journal.record(delivery(id, { receivedAt: now }), NO_LABEL, null)
      await journal.synced(id)
    }
    expect(await ids(folder)).toEqual(['right', 'behind', 'right again', 'a day later'])
  })

  it('is pruned at the start, too', async () => {
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

  it('includes what the next run will still deliver, whatever the limits', async () => {
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

  it('includes the attempts and settlements of each delivery', async () => {
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

  it('includes what was set aside only until it is as old as the deliveries', async () => {
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

describe('A delivery that was pruned', () => {
  const LIMITS = { ...PLENTY, deliveries: 10 }

  /** Records deliveries until all that came before are pruned. */
  async function pushOut(journal: Journal, now: number, run: string): Promise<void> {
    for (let n = 0; n < 14; n += 1) {
      const id = `${run} ${n}`
      journal.record(delivery(id, { receivedAt: now }), NO_LABEL, `key of ${id}`)
      journal.recordAttempt(id, 1, answered(200))
      await journal.synced(id)
    }
  }

  const answerTo = async (journal: Journal, key: string): Promise<number | null | undefined> =>
    (await journal.seen(key)?.answer())?.status

  it('is recognised when it comes again, for a day, by this run and by later ones, and counts as on disk', async () => {
    const folder = await folderForTest()
    let now = START
    const open = async (): Promise<Journal> =>
      (await openTestJournal(folder, { now: () => now, limits: LIMITS })).journal
    let journal = await open()
    for (const [id, settled, status] of [
      ['by the bot', 'delivered', undefined],
      ['acknowledged', 'acknowledged', 200],
      ['broken', 'interrupted', 200],
      ['returned', 'returned', 503],
    ] as const) {
      journal.record(delivery(id, { receivedAt: now }), NO_LABEL, `key of ${id}`)
      if (status === undefined) journal.recordAttempt(id, 1, answered(201, 'with a body'))
      journal.settle(id, settled, status)
    }
    journal.record(delivery('without a key', { receivedAt: now }), NO_LABEL, null)
    // What is left of a segment goes when the last of it is a day old, so the next ones are in another.
    await journal.synced('by the bot')
    now += 11 * MINUTE
    for (let run = 1; run <= 4; run += 1) {
      await pushOut(journal, now, `run ${run}`)
      expect(journal.find('by the bot')).toBeNull()
      expect(journal.seen('key of by the bot')).toMatchObject({ id: 'by the bot', settled: 'delivered' })
      expect(await journal.seen('key of by the bot')?.answer()).toEqual({
        status: 201,
        headers: [],
        body: Buffer.alloc(0),
      })
      expect(journal.seen('key of acknowledged')).toMatchObject({ id: 'acknowledged', settled: 'acknowledged' })
      expect(await answerTo(journal, 'key of acknowledged')).toBe(200)
      expect(journal.seen('key of broken')).toMatchObject({ id: 'broken', settled: 'interrupted' })
      expect(await answerTo(journal, 'key of broken')).toBe(200)
      // The platform was told that it was not received: it is meant for the bot when it comes again.
      expect(journal.seen('key of returned')).toBeNull()
      await journal.synced('by the bot')
      await expect(journal.synced('returned')).rejects.toThrow('not in the journal')
      await journal.close()
      journal = await open()
      now += 5 * 60 * MINUTE
    }
    expect((await ids(folder)).length).toBeLessThanOrEqual(11)
    now = START + DAY
    expect(journal.seen('key of by the bot')?.id).toBe('by the bot')
    now += 1
    expect(journal.seen('key of by the bot')).toBeNull()
    await pushOut(journal, now, 'a day later')
    expect(journal.seen('key of run 1 0')?.id).toBe('run 1 0')
    await expect(journal.synced('by the bot')).rejects.toThrow('not in the journal')
  })

  it('gives way to a later one of its key', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder, { now: () => START, limits: LIMITS })
    const record = async (id: string): Promise<void> => {
      journal.record(delivery(id, { receivedAt: START }), NO_LABEL, 'k')
      journal.recordAttempt(id, 1, answered(200))
      await journal.synced(id)
    }
    await record('first')
    await record('second')
    await pushOut(journal, START, 'others')
    expect(journal.seen('k')?.id).toBe('second')
    await record('third')
    expect(journal.seen('k')?.id).toBe('third')
    await journal.close()
    const next = (await openTestJournal(folder, { now: () => START, limits: LIMITS })).journal
    expect(next.seen('k')?.id).toBe('third')
    await pushOut(next, START, 'more')
    expect(next.seen('k')?.id).toBe('third')
  })

  it('is recognised when an earlier version left its key among the deliveries', async () => {
    const folder = await folderForTest()
    await mkdir(join(folder, 'events'))
    const record = keyRecord(1, { id: 'old', key: 'k', receivedAt: START, settled: 'delivered', status: 202 })
    if (record === null) throw new Error('no record')
    const members = Buffer.from(writeRecord(record))
    await writeFile(join(folder, 'events', segmentName(1)), Buffer.concat([members, Buffer.from(lineEnd([members]))]))
    for (const run of ['first', 'second']) {
      const { journal } = await openTestJournal(folder, { now: () => START, limits: LIMITS })
      expect(journal.seen('k')).toMatchObject({ id: 'old', settled: 'delivered' })
      expect(await answerTo(journal, 'k')).toBe(202)
      await pushOut(journal, START, run)
      expect(journal.seen('k')?.id).toBe('old')
      await journal.close()
    }
  })

  it('is recognised unless its line in the key file is damaged, which is set aside and reported once', async () => {
    const folder = await folderForTest()
    const first = await openTestJournal(folder, { now: () => START, limits: LIMITS })
    // All in one segment: that is as long as the run records nothing of a later time.
    for (const id of range(1, 3)) {
      first.journal.record(delivery(id, { receivedAt: START }), NO_LABEL, id)
      first.journal.recordAttempt(id, 1, answered(200))
    }
    await first.journal.synced('d3')
    await pushOut(first.journal, START, 'later')
    await first.journal.close()
    const file = join(folder, 'keys', (await readdir(join(folder, 'keys')))[0] ?? '')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('"id":"d2"', '"id":"dX"'))
    const second = await openTestJournal(folder, { now: () => START, limits: LIMITS })
    expect(second.troubles).toMatchObject([{ kind: 'stateDamaged', message: expect.stringContaining('damaged-1') }])
    expect(range(1, 3).map((id) => second.journal.seen(id)?.id)).toEqual(['d1', undefined, 'd3'])
    await second.journal.close()
    const third = await openTestJournal(folder, { now: () => START, limits: LIMITS })
    expect(third.troubles).toEqual([])
    expect(third.journal.seen('d3')?.id).toBe('d3')
  })

  it('makes room on a disk that is full, and is recognised by the next run once there is room again', async () => {
    const folder = await folderForTest()
    let isFull = false
    const openFile: OpenFile = async (...given) => {
      const file = await openLogFile(...given)
      return {
        read: (...read) => file.read(...read),
        stat: () => file.stat(),
        datasync: () => file.datasync(),
        close: () => file.close(),
        write: (...written) => {
          if (isFull) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
          return file.write(...written)
        },
      }
    }
    const { journal } = await openTestJournal(folder, { limits: LIMITS, openFile, retryMs: 60_000 })
    for (const id of range(1, 11)) {
      journal.record(delivery(id), NO_LABEL, id)
      journal.recordAttempt(id, 1, answered(200))
      await journal.synced(id)
    }
    isFull = true
    journal.record(delivery('d12'), NO_LABEL, 'd12')
    await expect(journal.synced('d12')).rejects.toThrow('no space left')
    expect((await ids(folder))[0]).toBe('d2')
    expect(journal.seen('d1')?.id).toBe('d1')
    isFull = false
    await journal.synced('d12')
    await journal.close()
    const next = (await openTestJournal(folder, { limits: LIMITS })).journal
    expect(next.seen('d1')?.id).toBe('d1')
  })
})

describe('Pruning', () => {
  it('has ended when it is stopped, so that it removes nothing from the run that comes next', async () => {
    const segments = [1, 2].map((seq) => ({ ...createSegment(segmentName(seq)), bytes: 1_000 }))
    const pruning = createPruning({
      folder: await folderForTest(),
      segments,
      index: createRunIndex(),
      keys: createPrunedKeys(),
      limits: { ...PLENTY, bytes: 1_000 },
      now: () => START,
      openFile: openLogFile,
    })
    void pruning.prune()
    await pruning.stop()
    expect(segments).toHaveLength(1)
  })
})
