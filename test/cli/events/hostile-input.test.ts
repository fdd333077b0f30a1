// Deep, large, odd and ill-formed input through every way out of the journal: recorded, listed, shown, exported, laid out to be edited.
import { toUSVString } from 'node:util'
import { describe, expect, it } from 'vitest'
import { eventDetail, eventDetailJson } from '../../../src/cli/events/detail.ts'
import { eventJson, eventRow } from '../../../src/cli/events/row.ts'
import { colorsFor } from '../../../src/cli/output/colors.ts'
import type { Delivery } from '../../../src/core/delivery.ts'
import { DevHookError } from '../../../src/core/errors.ts'
import { layOut } from '../../../src/core/text/json-layout.ts'
import { toJson } from '../../../src/core/text/to-json.ts'
import { EXPORTS } from '../../../src/daemon/record/export/exports.ts'
import { type DeliveryDetail, readDeliveries, readDelivery } from '../../../src/journal/reader.ts'
import { identify } from '../../../src/protocol/payload.ts'
import { folderForTest } from '../../support/folder.ts'
import { answered, delivery, openTestJournal } from '../../support/journal/journal.ts'

const COLORS = colorsFor(false)
const asItIs = (text: string): string => text

const message = (text: string): string => `{"event":"message","data":{"message":{"text":${text}}}}`
const nested = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`

const BODIES: Readonly<Record<string, string | Buffer>> = {
  'nested in 12 KB': nested(6_000),
  'nested in 60 KB': nested(30_000),
  'nested by a million': nested(1_000_000),
  'objects in objects': `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  'nested and never closed': '{"a":[[[['.repeat(100_000),
  'wide at the bottom': `${'['.repeat(30)}${'1,'.repeat(500_000)}1${']'.repeat(30)}`,
  'one long string': message(`"${'x'.repeat(3_000_000)}"`),
  escapes: message(`"${'\\\\\\"'.repeat(300_000)}"`),
  'an open string of backslashes': `{"a":"${'\\'.repeat(1_000_000)}`,
  'control characters': Buffer.alloc(3_000_000, 1),
  zeros: Buffer.alloc(3_000_000),
  'line feeds': Buffer.alloc(1_000_000, 10),
  'carriage returns': 'a\rb\r\nc\n\r',
  'separators of lines': message('"\u2028\u2029\u0085"'),
  'half an emoji': message('"\\ud83d and \\udc00"'),
  'an emoji across the cut': message(`"${'x'.repeat(199)}\u{1F600}"`),
  'marks upon marks': message(`"a${'\u0301'.repeat(100_000)}"`),
  'a family without end': message(`"${'\u{1F468}\u200d'.repeat(100_000)}"`),
  'no UTF-8': Buffer.from([0x7b, 0xc3, 0x28, 0x7d]),
  'half a character at the end': Buffer.from('{"a":"é').subarray(0, -1),
  'UTF-16 of odd length': Buffer.from('\ufeff{"a":1}', 'utf16le').subarray(0, -1),
  'a byte order mark': '\ufeff{"a":1}',
  'numbers beyond all': '{"a":1e999,"b":-0,"c":12345678901234567890,"d":1.0}',
  'names of the prototype': '{"__proto__":{"event":"x"},"constructor":1,"data":{"__proto__":[]}}',
  'quotes of a shell': "'".repeat(50_000),
  'a file name of curl': '@/etc/passwd',
  'a request in a request': '### x\nGET http://other/\n\n{{$processEnv TOKEN}}',
  nothing: '',
}

const REQUESTS: Readonly<Record<string, Partial<Delivery>>> = {
  'headers without end': { headers: Array.from({ length: 4_000 }, (_, i) => `x-${i}`) },
  'a header of 60 KB': { headers: ['X-Long', 'é'.repeat(60_000)] },
  'bytes in headers': { headers: ['X-Bytes', '\x01\x7f\x9b\xff', '', ''] },
  'a query of percent signs': { search: `?${'%'.repeat(15_000)}` },
  'a query of half characters': { search: '?\ud83d\u{1F600}' },
  'a method that is none': { method: 'FOO BAR\n' },
}

const GIVEN: readonly (readonly [what: string, given: Delivery])[] = [
  ...Object.entries(BODIES).map(([what, body]) => [what, delivery('d1', { body: Buffer.from(body) })] as const),
  ...Object.entries(REQUESTS).map(([what, more]) => [what, delivery('d1', more)] as const),
]

/** Records a delivery and what the bot echoed, and reads it back. */
async function recorded(given: Delivery): Promise<DeliveryDetail> {
  const folder = await folderForTest()
  const { journal } = await openTestJournal(folder)
  const { label, key } = identify(given)
  journal.record(given, label, key)
  journal.recordAttempt(given.id, 1, answered(200, given.body))
  await journal.close()
  const detail = await readDelivery(folder, given.id)
  if (detail === null) throw new Error('it is not recorded')
  expect((await readDeliveries(folder))[0]).toEqual(detail.summary)
  return detail
}

/** Every text in a value, with the names of its members. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.entries(value).flat().flatMap(textsIn) : []
}

function expectReadable(json: string): void {
  const illFormed = textsIn(JSON.parse(json)).filter((text) => text !== toUSVString(text))
  expect(illFormed).toEqual([])
}

describe('A delivery with', () => {
  it.each(GIVEN)('%s is recorded, listed, shown and exported, in proportion to its size', async (_, given) => {
    const detail = await recorded(given)
    // Not one value after the other, of which there are millions.
    expect(detail.delivery.body.equals(given.body)).toBe(true)
    expect({ ...detail.delivery, body: null }).toEqual({ ...given, body: null })
    const { summary } = detail
    const most = 200_000 + 12 * (given.body.length + JSON.stringify(given.headers).length)

    expect(eventRow(summary, { colors: COLORS, redact: asItIs, columns: Number.POSITIVE_INFINITY })).not.toContain('\n')
    const shown = eventDetail(detail, COLORS, asItIs)
    expect(shown.reduce((sum, line) => sum + line.length, 0)).toBeLessThan(2 * most)
    expectReadable(toJson(eventJson(summary, asItIs)))
    const json = toJson(eventDetailJson(detail, asItIs))
    expect(json.length).toBeLessThan(2 * most)
    expectReadable(json)

    const exported = { delivery: detail.delivery, label: summary.label, url: 'http://localhost:3000/' }
    const fixture = EXPORTS.fixture(exported)
    expectReadable(fixture)
    const { body, encoding } = JSON.parse(fixture)
    expect(Buffer.from(body, encoding).equals(given.body)).toBe(true)
    for (const form of [EXPORTS.curl, EXPORTS.http]) {
      try {
        expect(form(exported).length).toBeLessThan(most)
      } catch (error) {
        // A request that would not arrive as it is.
        expect(error instanceof DevHookError && error.is('usage')).toBe(true)
      }
    }
    expect(layOut(given.body.toString())?.length ?? 0).toBeLessThan(most)
  })
})
