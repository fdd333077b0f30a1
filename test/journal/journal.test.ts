import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Settled } from '../../src/core/delivery.ts'
import type { Journal } from '../../src/core/ports.ts'
import { openJournal } from '../../src/journal/journal.ts'
import { anAttempt } from '../support/attempts.ts'
import { folderForTest } from '../support/folder.ts'
import { answered, delivery, NO_LABEL, openTestJournal, refused } from '../support/journal/journal.ts'

const label = {
  event: 'message.create.contact.chat',
  platformId: 'p1',
  conversation: 'c1',
  text: 'hi there',
  from: 'Echo',
  own: true,
} as const

/** Closes a journal, and opens its folder as the next run does. */
async function reopened(folder: string, journal: Journal): Promise<Journal> {
  await journal.close()
  return (await openTestJournal(folder)).journal
}

describe('The journal', () => {
  it('gives the next run what was acknowledged and not delivered, oldest first, byte for byte', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    const first = delivery('d1', {
      body: Buffer.from([0, 255, 10, 13, 200]),
      search: '?a=%ff',
      headers: ['A', '1', 'a', '2'],
    })
    journal.record(first, label, 'p1')
    journal.settle('d1', 'acknowledged', 200)
    for (const settled of ['delivered', 'interrupted', 'returned', 'rejected'] as const) {
      journal.record(delivery(settled), NO_LABEL, null)
      journal.settle(settled, 'acknowledged', 200)
      journal.settle(settled, settled)
    }
    journal.record(delivery('open'), NO_LABEL, null)
    journal.record(delivery('d2'), NO_LABEL, null)
    journal.settle('d2', 'acknowledged', 200)

    const next = await reopened(folder, journal)
    expect(next.undelivered().map(({ id }) => id)).toEqual(['d1', 'd2'])
    expect(next.undelivered()[0]?.label).toEqual(label)
    expect(await next.undelivered()[0]?.load()).toEqual(first)
  })

  it('gives back large deliveries among small ones, byte for byte', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    const text = 'word '.repeat(80_000)
    const bodies = ['{}', `{"text":"${text}"}`, '{"n":1}', `{"text":\n"${text}é"}`, text, '{"n":2}']
    const given = bodies.map((body, i) => delivery(`d${i}`, { body: Buffer.from(body) }))
    for (const each of [...given, delivery('bytes', { body: Buffer.alloc(400_000, 255) })])
      journal.record(each, NO_LABEL, null)

    const next = await reopened(folder, journal)
    for (const each of given) expect(await next.find(each.id)?.load()).toEqual(each)
    expect((await next.find('bytes')?.load())?.body.equals(Buffer.alloc(400_000, 255))).toBe(true)
  })

  it('finds any delivery by its id, with the number of its last attempt and how it was settled', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    const given = delivery('d1')
    journal.record(given, label, 'p1')
    expect(journal.find('d1')).toMatchObject({ id: 'd1', label, settled: null, attempts: 0 })
    journal.recordAttempt('d1', 1, refused)
    journal.recordAttempt('d1', 2, answered(500))
    journal.settle('d1', 'delivered')
    const next = await reopened(folder, journal)
    expect(next.find('d1')).toMatchObject({ settled: 'delivered', attempts: 2 })
    expect(await next.find('d1')?.load()).toEqual(given)
    expect(next.find('d')).toBeNull()
  })

  it('leaves a delivery delivered whatever becomes of a further attempt, which settles an acknowledged one', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    for (const settled of ['delivered', 'acknowledged'] as const) {
      journal.record(delivery(settled), label, null)
      journal.settle(settled, settled)
      journal.recordAttempt(settled, 2, anAttempt('cancelled'))
      expect(journal.find(settled)?.settled).toBe(settled)
      journal.recordAttempt(settled, 3, anAttempt('interrupted'))
    }
    const next = await reopened(folder, journal)
    expect(next.find('delivered')?.settled).toBe('delivered')
    expect(next.find('acknowledged')?.settled).toBe('interrupted')
  })

  it('loads a delivery that is not on disk yet', async () => {
    const { journal } = await openTestJournal(await folderForTest(), { lingerMs: 60_000 })
    journal.record(delivery('d1'), NO_LABEL, 'k')
    journal.recordAttempt('d1', 1, answered(200, 'hello'))
    journal.settle('d1', 'acknowledged')
    expect((await journal.undelivered()[0]?.load())?.body.toString()).toBe('{"id":"d1"}')
    expect((await journal.seen('k')?.answer())?.body.toString()).toBe('hello')
  })

  it('writes no settlement when the attempt has said it all', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    journal.record(delivery('d1'), NO_LABEL, 'p1')
    journal.recordAttempt('d1', 1, answered(200, 'hello'))
    journal.settle('d1', 'delivered')
    await journal.synced('d1')
    const [name = ''] = await readdir(join(folder, 'events'))
    const lines = (await readFile(join(folder, 'events', name), 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).t)).toEqual(['delivery', 'attempt'])
    expect((await reopened(folder, journal)).find('d1')?.settled).toBe('delivered')
  })

  it('writes nothing about a delivery that is not recorded', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    journal.recordAttempt('unknown', 1, answered(200, 'hello'))
    journal.settle('unknown', 'returned', 503)
    await journal.close()
    expect(await readdir(join(folder, 'events'))).toEqual([])
  })

  it('counts an answered attempt as delivered even when the settlement was lost', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    for (const id of ['answered', 'interrupted', 'refused']) {
      journal.record(delivery(id), NO_LABEL, id)
      journal.settle(id, 'acknowledged', 200)
    }
    journal.recordAttempt('answered', 1, answered(200))
    journal.recordAttempt('interrupted', 1, anAttempt('interrupted'))
    journal.recordAttempt('refused', 1, refused)
    const next = await reopened(folder, journal)
    expect(next.undelivered().map(({ id }) => id)).toEqual(['refused'])
    expect(next.seen('interrupted')?.settled).toBe('interrupted')
  })

  it('is private to its owner', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    journal.record(delivery('d1'), NO_LABEL, null)
    await journal.synced('d1')
    const events = join(folder, 'events')
    const [name = ''] = await readdir(events)
    expect(name).toBe('0000000000000001.crc.jsonl')
    if (process.platform === 'win32') return
    expect((await stat(events)).mode & 0o777).toBe(0o700)
    expect((await stat(join(events, name))).mode & 0o777).toBe(0o600)
  })

  it('records nothing once it is closed, and can be closed twice', async () => {
    const { journal } = await openTestJournal(await folderForTest())
    journal.record(delivery('d1'), NO_LABEL, 'k')
    await Promise.all([journal.close(), journal.close()])
    journal.record(delivery('d2'), NO_LABEL, 'k')
    journal.settle('d1', 'acknowledged')
    expect(journal.undelivered()).toEqual([])
    await expect(journal.synced('d1')).rejects.toMatchObject({ code: 'DEVHOOK_STATE_UNWRITABLE' })
    await expect(journal.synced('d2')).rejects.toMatchObject({ code: 'DEVHOOK_STATE_UNWRITABLE' })
  })
})

describe('A delivery that comes again', () => {
  it('is answered as the first time, with the reply of the bot', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    journal.record(delivery('d1'), NO_LABEL, 'p1')
    journal.recordAttempt('d1', 1, refused)
    journal.recordAttempt('d1', 2, answered(201, '{"messages":[]}'))
    journal.settle('d1', 'delivered')
    journal.recordAttempt('d1', 3, answered(500, 'a replay'))

    const seen = (await reopened(folder, journal)).seen('p1')
    expect(seen).toMatchObject({ id: 'd1', settled: 'delivered' })
    expect(await seen?.answer()).toEqual({
      status: 201,
      headers: ['X-Bot', 'yes'],
      body: Buffer.from('{"messages":[]}'),
    })
  })

  it('is answered as the first time, with the status of dev-hook when the bot had not answered in time', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    journal.record(delivery('d1'), NO_LABEL, 'p1')
    journal.settle('d1', 'acknowledged', 200)
    journal.recordAttempt('d1', 1, answered(201, 'late'))
    journal.settle('d1', 'delivered')

    const seen = (await reopened(folder, journal)).seen('p1')
    expect(seen?.settled).toBe('delivered')
    expect(await seen?.answer()).toEqual({ status: 200, headers: [], body: Buffer.alloc(0) })
  })

  it('is answered with the status alone when the reply was too large to be recorded', async () => {
    const { journal } = await openTestJournal(await folderForTest())
    journal.record(delivery('d1'), NO_LABEL, 'p1')
    journal.recordAttempt('d1', 1, answered(200, Buffer.alloc(70_000, 'x')))
    journal.settle('d1', 'delivered')
    await journal.synced('d1')
    expect(await journal.seen('p1')?.answer()).toEqual({ status: 200, headers: [], body: Buffer.alloc(0) })
  })

  it('is recognised by its latest record, for a day', async () => {
    let now = 1_800_000_000_000
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder, { now: () => now })
    journal.record(delivery('d1', { receivedAt: now }), NO_LABEL, 'p1')
    journal.settle('d1', 'returned', 503)
    journal.record(delivery('d2', { receivedAt: now }), NO_LABEL, 'p1')
    journal.record(delivery('d3', { receivedAt: now }), NO_LABEL, null)
    expect(journal.seen('p1')).toMatchObject({ id: 'd2', settled: null })
    expect(await journal.seen('p1')?.answer()).toBeNull()
    expect(journal.seen('p2')).toBeNull()
    now += 24 * 3_600_000
    expect(journal.seen('p1')?.id).toBe('d2')
    now += 1
    expect(journal.seen('p1')).toBeNull()
  })
})

/** What the tests believe of a delivery. */
interface Believed {
  readonly id: string
  settled: Settled | null
  answer: string | null
  firstReply: string | null
}

type Step = { readonly id: number } & (
  | { readonly does: 'record' | 'reopen' }
  | { readonly does: 'attempt'; readonly reply: string | null }
  | { readonly does: 'settle'; readonly settled: Settled; readonly told: number | null }
)

const id = fc.nat(2)
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ id, does: fc.constant('record' as const) }) },
  { weight: 4, arbitrary: fc.record({ id, does: fc.constant('attempt' as const), reply: fc.option(fc.string()) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      id,
      does: fc.constant('settle' as const),
      settled: fc.constantFrom<Settled>('delivered', 'acknowledged', 'interrupted', 'returned', 'rejected'),
      told: fc.option(fc.integer({ min: 200, max: 599 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ id, does: fc.constant('reopen' as const) }) },
)

function believe(model: Map<string, Believed>, step: Step): void {
  const name = `d${step.id}`
  const known = model.get(name)
  if (step.does === 'record' && !known) model.set(name, { id: name, settled: null, answer: null, firstReply: null })
  if (!known) return
  if (step.does === 'attempt' && step.reply !== null) {
    known.firstReply ??= `201 ${step.reply}`
    if (known.settled === null || known.settled === 'acknowledged') known.settled = 'delivered'
  }
  if (step.does === 'settle') {
    known.settled = step.settled
    known.answer ??= step.told === null ? known.firstReply : `${step.told} `
  }
}

function perform(journal: Journal, step: Step, model: Map<string, Believed>): void {
  const name = `d${step.id}`
  if (step.does === 'record' && !model.has(name)) journal.record(delivery(name), NO_LABEL, `key ${name}`)
  if (step.does === 'attempt') journal.recordAttempt(name, 1, step.reply === null ? refused : answered(201, step.reply))
  if (step.does === 'settle') journal.settle(name, step.settled, step.told ?? undefined)
}

async function expectAsBelieved(journal: Journal, model: Map<string, Believed>): Promise<void> {
  const owed = [...model.values()].filter(({ settled }) => settled === 'acknowledged')
  expect(journal.undelivered().map((one) => one.id)).toEqual(owed.map((one) => one.id))
  for (const { id: name, settled, answer, firstReply } of model.values()) {
    const seen = journal.seen(`key ${name}`)
    expect(seen).toMatchObject({ id: name, settled })
    const reply = await seen?.answer()
    expect(reply ? `${reply.status} ${reply.body.toString()}` : null).toBe(answer ?? firstReply)
  }
}

describe('Any history', () => {
  it('reads the same after the journal was closed and opened again', async () => {
    const folder = await folderForTest()
    const options = { onTrouble: (_: string, message: string) => expect.unreachable(message) }
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
        run += 1
        const place = join(folder, String(run))
        const model = new Map<string, Believed>()
        let journal = await openJournal(place, options)
        for (const step of [...steps, { does: 'reopen' as const, id: 0 }]) {
          if (step.does === 'reopen') {
            await expectAsBelieved(journal, model)
            await journal.close()
            journal = await openJournal(place, options)
            // What a run leaves behind is what the platform was answered, or would have been.
            for (const known of model.values()) known.answer ??= known.firstReply
          }
          perform(journal, step, model)
          believe(model, step)
        }
        await expectAsBelieved(journal, model)
        await journal.close()
      }),
      { numRuns: 60 },
    )
  })
})
