import { describe, expect, it } from 'vitest'
import { listDeliveries } from '../../../src/daemon/operations/list-deliveries.ts'
import { deliveryRow } from '../../../src/daemon/record/delivery-json.ts'
import type { DeliveryDetail } from '../../../src/journal/reader.ts'
import { aDelivery } from '../../support/deliveries.ts'
import { aSummary } from '../../support/journal/summaries.ts'

const ids = Array.from({ length: 9 }, (_, n) => `d${9 - n}`)

/** Nine deliveries, every third of which has a refund in its body; `asked`: whose bodies were read. */
function aJournal() {
  const asked: string[] = []
  const summaryOf = (id: string) => aSummary({ id, status: Number(id.slice(1)) % 2 === 0 ? 500 : 200 })
  const journal = {
    summaries: () => ids.map(summaryOf),
    detail: async (id: string): Promise<DeliveryDetail> => {
      asked.push(id)
      const body = Buffer.from(Number(id.slice(1)) % 3 === 0 ? '{"text":"a re\\u0066und"}' : '{}')
      return { summary: summaryOf(id), delivery: { ...aDelivery(), id, body }, attempts: [] }
    },
  }
  return { journal, asked }
}

const NEVER = new AbortController().signal

async function list(input: { q?: string; limit?: number; cursor?: string }, signal = NEVER, searchMs = 60_000) {
  const { journal, asked } = aJournal()
  const given = { q: null, limit: null, cursor: null, ...input }
  const { deliveries, next } = await listDeliveries(journal, given, (row) => deliveryRow(row, String), signal, searchMs)
  return { found: deliveries.map(({ id }) => id).join(' '), next, asked }
}

describe('The list of deliveries', () => {
  it('comes in pages, newest first, of what the filter finds', async () => {
    expect(await list({})).toMatchObject({ found: ids.join(' '), next: null })
    expect(await list({ limit: 4 })).toMatchObject({ found: 'd9 d8 d7 d6', next: 'd6' })
    expect(await list({ limit: 5, cursor: 'd5' })).toMatchObject({ found: 'd4 d3 d2 d1', next: null })
    expect(await list({ q: 'status:5xx', limit: 2 })).toMatchObject({ found: 'd8 d6', next: 'd6' })
    expect(await list({ q: 'status:5xx', limit: 2, cursor: 'd4' })).toMatchObject({ found: 'd2', next: null })
  })

  it('reads the bodies of those that fit the rest, and finds what is escaped in them', async () => {
    expect(await list({ q: 'status:2xx body:REFUND' })).toMatchObject({
      found: 'd9 d3',
      asked: ['d9', 'd7', 'd5', 'd3', 'd1'],
    })
  })

  it('gives what it has when the search takes long, and where to go on', async () => {
    expect(await list({ q: 'body:refund' }, NEVER, -1)).toMatchObject({ found: 'd9', next: 'd9', asked: ['d9'] })
    expect(await list({ q: 'body:refund', cursor: 'd8' }, NEVER, -1)).toMatchObject({ found: '', next: 'd7' })
  })

  it('stops searching when nobody waits for it', async () => {
    await expect(list({ q: 'body:refund' }, AbortSignal.abort(new Error('nobody waits')))).rejects.toThrow(
      'nobody waits',
    )
  })

  it('refuses a filter that is wrong, with its column, and a cursor that is gone', async () => {
    await expect(list({ q: 'hi evnt:a' })).rejects.toThrow('the filter has a mistake in column 4: unknown key `evnt`')
    await expect(list({ cursor: 'd0' })).rejects.toThrow('`cursor` is no longer recorded')
  })
})
