import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Label } from '../../src/core/delivery.ts'
import { followDeliveries } from '../../src/journal/follow.ts'
import { type DeliveryFilter, readDeliveries, readDelivery } from '../../src/journal/reader.ts'
import { folderForTest } from '../support/folder.ts'
import { answered, delivery, NO_LABEL, openTestJournal, refused, startChild } from '../support/journal/journal.ts'

const label: Label = { event: 'message.create.contact.chat', platformId: 'p1', conversation: 'c1', text: 'hi there' }

describe('a list of deliveries', () => {
  it('says of each what is known, newest last', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    journal.record(delivery('d1', { receivedAt: 1_000, search: '?a=1', body: Buffer.from('12345') }), label, 'p1')
    journal.recordAttempt('d1', 1, refused)
    journal.recordAttempt('d1', 2, answered(201))
    journal.settle('d1', 'delivered')
    journal.record(delivery('d2', { receivedAt: 2_000 }), NO_LABEL, null)
    journal.settle('d2', 'rejected', 401)
    journal.record(delivery('d3', { receivedAt: 3_000 }), NO_LABEL, null)
    await journal.synced('d3')

    const common = { id: 'd1', receivedAt: 1_000, method: 'POST', search: '?a=1', label, bytes: 5 }
    const unsent = { attempts: 0, outcome: null, status: null, ms: null }
    expect(await readDeliveries(folder)).toEqual([
      {
        ...common,
        settled: 'delivered',
        attempts: 2,
        outcome: 'answered',
        status: 201,
        answered: 201,
        ms: 1.5,
        ownStatus: null,
        replays: 0,
        editOf: null,
      },
      expect.objectContaining({ id: 'd2', settled: 'rejected', ownStatus: 401, ...unsent }),
      expect.objectContaining({ id: 'd3', settled: null, ownStatus: null, ...unsent }),
    ])
  })

  it('can be narrowed by any question, by time, and to the newest', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    for (let i = 1; i <= 9; i += 1) {
      const conversation = i % 2 === 0 ? 'even' : 'odd'
      journal.record(delivery(`d${i}`, { receivedAt: i }), { ...label, conversation }, null)
    }
    await journal.close()
    const ids = async (filter: Parameters<typeof readDeliveries>[1]): Promise<string> =>
      (await readDeliveries(folder, filter)).map(({ id }) => id).join(' ')
    expect(await ids({ where: (row) => row.label.conversation === 'even' })).toBe('d2 d4 d6 d8')
    expect(await ids({ where: ({ receivedAt }) => receivedAt >= 3 && receivedAt < 6 })).toBe('d3 d4 d5')
    expect(await ids({ last: 2 })).toBe('d8 d9')
    expect(await ids({ last: 2, where: (row) => row.label.conversation === 'odd' && row.receivedAt < 8 })).toBe('d5 d7')
    expect(await ids({ last: 0 })).toBe('')
  })

  it('can be narrowed by what was received, which is read newest first, until there is enough or nobody wants it', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    for (let i = 1; i <= 9; i += 1)
      journal.record(delivery(`d${i}`, { body: Buffer.from(i % 3 === 0 ? 'refund' : 'hi') }), label, null)
    await journal.close()
    const asked: string[] = []
    const content: DeliveryFilter['content'] = ({ body }) => {
      asked.push(body.toString())
      return body.includes('refund')
    }
    const found = await readDeliveries(folder, { content, last: 2 })
    expect(found.map(({ id }) => id)).toEqual(['d6', 'd9'])
    expect(asked).toEqual(['refund', 'hi', 'hi', 'refund'])
    const aborted = AbortSignal.abort(new Error('nobody wants it'))
    await expect(readDeliveries(folder, { content }, aborted)).rejects.toThrow('nobody wants it')
  })

  it('is empty where nothing was ever recorded', async () => {
    const folder = join(await folderForTest(), 'never')
    expect(await readDeliveries(folder)).toEqual([])
    expect(await readDelivery(folder, 'd1')).toBeNull()
  })

  it('can be read again and again while another process writes and prunes', async () => {
    const folder = await folderForTest()
    const child = startChild('journal-writer.mjs', folder, 'run', 'delivered')
    expect(await child.nextLine()).toBe('ready')
    let newest = -1
    let oldest = 0
    while (oldest < 2_000) {
      const acked = (await child.nextLine()).split('-')[1]
      const numbers = (await readDeliveries(folder)).map(({ id }) => Number(id.split('-')[1]))
      expect(numbers).toEqual(Array.from(numbers, (_, i) => (numbers[0] ?? 0) + i))
      expect(numbers.at(-1)).toBeGreaterThanOrEqual(Math.max(newest, Number(acked)))
      newest = numbers.at(-1) ?? 0
      oldest = numbers[0] ?? 0
    }
    await child.kill('SIGKILL')
  })
})

describe('one delivery', () => {
  it('comes whole, with each attempt and its reply', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    const given = delivery('abc123', { body: Buffer.from([1, 2, 255]), headers: ['X-A', '1', 'x-a', '2'] })
    const large = answered(200, Buffer.alloc(100_000, 'x'))
    journal.record(given, label, null)
    journal.recordAttempt('abc123', 1, refused)
    journal.recordAttempt('abc123', 2, answered(500, 'no'))
    journal.recordAttempt('abc123', 3, large)
    await journal.synced('abc123')

    const found = await readDelivery(folder, 'abc1')
    expect(found?.delivery).toEqual(given)
    expect(found?.summary).toMatchObject({ id: 'abc123', attempts: 3, label })
    expect(found?.attempts.slice(0, 2)).toEqual([
      { n: 1, attempt: refused, cut: false },
      { n: 2, attempt: answered(500, 'no'), cut: false },
    ])
    expect(found?.attempts[2]).toMatchObject({ n: 3, cut: true })
  })

  it('is found by the beginning of its id, if that is enough to tell', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    for (const id of ['ab', 'abc', 'abd']) journal.record(delivery(id), NO_LABEL, null)
    await journal.close()
    expect((await readDelivery(folder, 'abd'))?.delivery.id).toBe('abd')
    expect((await readDelivery(folder, 'ab'))?.delivery.id).toBe('ab')
    expect(await readDelivery(folder, 'x')).toBeNull()
    await expect(readDelivery(folder, 'a')).rejects.toMatchObject({ code: 'DEVHOOK_USAGE' })
  })
})

describe('following', () => {
  it('shows the last ones, then each change as it is written, across segments, until it is ended', async () => {
    const folder = await folderForTest()
    const limits = { deliveries: 20, ms: 1e12, bytes: 1e12 }
    const { journal } = await openTestJournal(folder, { limits })
    for (const id of ['d1', 'd2', 'd3']) journal.record(delivery(id), NO_LABEL, null)
    await journal.synced('d3')

    const ending = new AbortController()
    const changes = followDeliveries(folder, ending.signal, { last: 2 })
    const next = async (): Promise<string> => {
      const { value } = await changes.next()
      return value ? `${value.what} ${value.summary.id} ${value.summary.settled ?? ''}` : 'end'
    }
    expect(await next()).toBe('delivery d2 ')
    expect(await next()).toBe('delivery d3 ')
    const soon = next()
    journal.settle('d3', 'acknowledged', 200)
    expect(await soon).toBe('settled d3 acknowledged')
    for (let i = 4; i <= 40; i += 1) {
      journal.record(delivery(`d${i}`), NO_LABEL, null)
      if (i % 3 === 0) await journal.synced(`d${i}`)
    }
    for (let i = 4; i <= 40; i += 1) expect(await next()).toBe(`delivery d${i} `)
    journal.recordAttempt('d40', 1, answered(200))
    expect(await next()).toBe('attempt d40 delivered')
    const last = next()
    ending.abort()
    expect(await last).toBe('end')
  })

  it('waits for a journal that does not exist yet', async () => {
    const folder = join(await folderForTest(), 'later')
    const ending = new AbortController()
    const changes = followDeliveries(folder, ending.signal)
    const first = changes.next()
    const { journal } = await openTestJournal(folder)
    journal.record(delivery('d1'), NO_LABEL, null)
    expect((await first).value).toMatchObject({ what: 'delivery', summary: { id: 'd1' } })
    ending.abort()
    expect((await changes.next()).done).toBe(true)
  })

  it('shows only what is asked for', async () => {
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder)
    for (const id of ['a1', 'b1', 'a2', 'b2']) journal.record(delivery(id), NO_LABEL, null)
    await journal.synced('b2')
    const ending = new AbortController()
    const changes = followDeliveries(folder, ending.signal, { last: 1, where: ({ id }) => id.startsWith('a') })
    expect((await changes.next()).value).toMatchObject({ summary: { id: 'a2' } })
    for (const id of ['b3', 'a3']) journal.record(delivery(id), NO_LABEL, null)
    expect((await changes.next()).value).toMatchObject({ summary: { id: 'a3' } })
    ending.abort()
  })
})
