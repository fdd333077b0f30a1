// What an earlier run acknowledged and could not deliver.
import { describe, expect, it } from 'vitest'
import type { Delivery, Label } from '../../../src/core/delivery.ts'
import { DevHookError } from '../../../src/core/errors.ts'
import type { NoticeBody } from '../../../src/core/notices.ts'
import type { RecordedDelivery } from '../../../src/core/ports.ts'
import { deliverBacklog } from '../../../src/daemon/traffic/backlog.ts'
import { createFakeJournal } from '../../support/daemon/fakes.ts'

const NOW = 1_700_000_000_000
const MINUTE = 60_000

function undelivered(id: string, ageMs: number, load?: () => Promise<Delivery>): RecordedDelivery {
  const receivedAt = NOW - ageMs
  const label: Label = { event: 'message.create.contact.chat', platformId: `p-${id}`, conversation: 'c1', text: 'hi' }
  const delivery: Delivery = { id, receivedAt, method: 'POST', search: '', headers: [], body: Buffer.from(id) }
  return { id, receivedAt, label, settled: 'acknowledged', attempts: 0, load: load ?? (async () => delivery) }
}

async function deliver(backlog: readonly RecordedDelivery[]) {
  const notices: NoticeBody[] = []
  const delivered: { readonly delivery: Delivery; readonly label: Label }[] = []
  await deliverBacklog({
    journal: { ...createFakeJournal(), undelivered: () => backlog },
    pipeline: { deliver: (delivery, label) => void delivered.push({ delivery, label }) },
    emit: (notice) => notices.push(notice),
    now: () => NOW,
  })
  return { notices, delivered, ids: delivered.map(({ delivery }) => delivery.id) }
}

describe('The backlog of an earlier run', () => {
  it('is nothing as a rule', async () => {
    expect(await deliver([])).toMatchObject({ notices: [], ids: [] })
  })

  it('is delivered whole and labelled, oldest first, as long as it is young', async () => {
    const { notices, delivered, ids } = await deliver([undelivered('a', 9 * MINUTE), undelivered('b', 1_000)])
    expect(ids).toEqual(['a', 'b'])
    expect(delivered[0]).toMatchObject({ delivery: { body: Buffer.from('a') }, label: { conversation: 'c1' } })
    expect(notices).toEqual([])
  })

  it('is named, not delivered, once it is ten minutes old', async () => {
    const { notices, ids } = await deliver([undelivered('old', 10 * MINUTE), undelivered('young', 10 * MINUTE - 1)])
    expect(ids).toEqual(['young'])
    expect(notices).toMatchObject([
      {
        type: 'warning',
        code: 'DEVHOOK_UNDELIVERED',
        message: expect.stringContaining('old (message.create.contact.chat)'),
      },
    ])
  })

  it('is named by its first five, and the rest by their number', async () => {
    const backlog = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => undelivered(id, 60 * MINUTE))
    const { notices } = await deliver(backlog)
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatchObject({ message: expect.stringMatching(/: a \(.*, e \([^,]*\) and 2 more$/) })
  })

  it('goes without what cannot be read back, and says so', async () => {
    const damaged = undelivered('b', 1_000, async () => {
      throw new DevHookError('stateDamaged', 'it is half of it')
    })
    const { notices, ids } = await deliver([undelivered('a', 2_000), damaged, undelivered('c', 500)])
    expect(ids).toEqual(['a', 'c'])
    expect(notices).toMatchObject([{ code: 'DEVHOOK_STATE_DAMAGED', message: expect.stringContaining('half of it') }])
  })
})
