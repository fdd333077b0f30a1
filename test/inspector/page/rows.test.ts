import { describe, expect, it } from 'vitest'
import type { Notice, NoticeBody } from '../../../src/core/notices.ts'
import { changedBy, type Row } from '../../../src/inspector/page/model/rows.ts'

const TIME = '2026-01-02T12:00:00.000Z'

/** The rows after these notices, by their ids. */
function rowsAfter(...bodies: readonly NoticeBody[]): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>()
  for (const body of bodies) {
    const notice: Notice = { time: TIME, ...body }
    const row = changedBy(notice, (id) => rows.get(id))
    if (row !== null) rows.set(row.id, row)
  }
  return rows
}

const label = { event: 'message.create.contact.chat', conversation: 'c1', text: 'hi', bytes: 10 }
const delivery: NoticeBody = { type: 'delivery', id: 'd1', ...label }
const attempt = (given: Partial<Extract<NoticeBody, { readonly type: 'attempt' }>> = {}): NoticeBody => ({
  type: 'attempt',
  id: 'd1',
  n: 1,
  outcome: 'answered',
  status: 200,
  ms: 5,
  ...given,
})

describe('The row of a delivery', () => {
  it('is open until the bot has answered', () => {
    expect(rowsAfter(delivery).get('d1')).toMatchObject({ isOpen: true, settled: null, receivedAt: Date.parse(TIME) })
    expect(rowsAfter(delivery, attempt()).get('d1')).toMatchObject({
      isOpen: false,
      settled: 'delivered',
      outcome: 'answered',
      status: 200,
      answered: 200,
      attempts: 1,
      ms: 5,
    })
  })

  it('is held until it is released, and tells how long that was', () => {
    const held: NoticeBody = { type: 'held', id: 'd1', reason: 'bot restarting' }
    expect(rowsAfter(delivery, held).get('d1')?.hold).toMatchObject({ reason: 'bot restarting', ms: null })
    expect(rowsAfter(delivery, held, { type: 'released', id: 'd1', ms: 800 }).get('d1')?.hold).toMatchObject({
      ms: 800,
    })
  })

  it('stays open while a refused attempt is repeated', () => {
    const refused = attempt({ outcome: 'refused', status: null })
    expect(rowsAfter(delivery, refused).get('d1')).toMatchObject({ isOpen: true, settled: null })
    expect(rowsAfter(delivery, refused, attempt({ n: 2 })).get('d1')).toMatchObject({ isOpen: false, attempts: 2 })
  })

  it('is acknowledged before it is delivered, when the bot is late', () => {
    const rows = rowsAfter(delivery, { type: 'acknowledged', id: 'd1', ms: 15_000 })
    expect(rows.get('d1')).toMatchObject({ settled: 'acknowledged', ownStatus: 200 })
  })

  it('stays delivered whatever becomes of a replay, which is counted', () => {
    const again: NoticeBody = { type: 'replay', id: 'd1', ...label, edited: false }
    const rows = rowsAfter(delivery, attempt(), again, attempt({ n: 2, outcome: 'interrupted', status: null }))
    expect(rows.get('d1')).toMatchObject({ settled: 'delivered', answered: 200, outcome: 'interrupted', replays: 1 })
  })

  it('is one of its own for an edited copy, and none for the same delivery again', () => {
    const copy: NoticeBody = { type: 'replay', id: 'd2', ...label, edited: true, of: 'd1' }
    const redelivery: NoticeBody = { type: 'delivery', id: 'd3', ...label, redelivery: 'd1' }
    const rows = rowsAfter(delivery, copy, redelivery)
    expect([...rows.keys()]).toEqual(['d1', 'd2'])
    expect(rows.get('d2')?.editOf).toBe('d1')
  })
})
