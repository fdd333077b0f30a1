import { describe, expect, it } from 'vitest'
import { eventDetail, eventDetailJson } from '../../../src/cli/events/detail.ts'
import { colorsFor } from '../../../src/cli/output/colors.ts'
import { createRedactor } from '../../../src/core/text/redact.ts'
import type { AttemptDetail, DeliveryDetail } from '../../../src/journal/reader.ts'
import { anAttempt } from '../../support/attempts.ts'
import { aDelivery } from '../../support/deliveries.ts'
import { aSummary } from '../../support/journal/summaries.ts'

const NOON = new Date(2026, 4, 17, 12, 0, 0).getTime()
const { redact } = createRedactor(['hidden-value'])

const ANSWERED: AttemptDetail = {
  n: 2,
  attempt: anAttempt('answered', {
    startedAt: NOON + 2_000,
    ms: 45,
    reply: { status: 201, headers: ['X-Bot', 'yes', 'Set-Cookie', 'session=1'], body: Buffer.from('{"ok":true}') },
  }),
  cut: false,
}
const REFUSED: AttemptDetail = {
  n: 1,
  attempt: anAttempt('refused', { startedAt: NOON + 1_000, ms: 1_200, reason: 'no way to hidden-value' }),
  cut: false,
}

function detail(more: Partial<DeliveryDetail> = {}): DeliveryDetail {
  const delivery = aDelivery({
    id: 'd1',
    receivedAt: NOON,
    search: '?token=abc&n=1',
    headers: ['Content-Type', 'application/json', 'Authorization', 'Basic abc'],
    body: Buffer.from('{"text":"hi hidden-value","secret":"s"}'),
  })
  return { summary: aSummary({ receivedAt: NOON, bytes: 39 }), delivery, attempts: [REFUSED, ANSWERED], ...more }
}

const shown = (more: Partial<DeliveryDetail> = {}): string =>
  eventDetail(detail(more), colorsFor(false), redact, new Date(NOON + 60_000)).join('\n')

describe('A delivery shown in full', () => {
  it('has what is known of it, its headers and body, and every attempt in turn', () => {
    expect(shown()).toBe(
      [
        'd1  message.create.contact.chat "hi there" 200 45ms',
        '  received     12:00:00',
        '  event        message.create.contact.chat',
        '  conversation c1',
        '  platform id  p1',
        '  request      POST ?token=[redacted]&n=1 (39 bytes)',
        '    Content-Type: application/json',
        '    Authorization: [redacted]',
        '',
        '    {',
        '      "text": "hi [redacted]",',
        '      "secret": "[redacted]"',
        '    }',
        '',
        'attempt 1  12:00:01  refused 1.2s  no way to [redacted]',
        '',
        'attempt 2  12:00:02  answered 201 45ms',
        '    X-Bot: yes',
        '    Set-Cookie: [redacted]',
        '',
        '    {',
        '      "ok": true',
        '    }',
      ].join('\n'),
    )
  })

  it('leaves out what it does not say about itself', () => {
    const { label, ...rest } = aSummary()
    const summary = { ...rest, label: { ...label, conversation: null, platformId: null } }
    expect(shown({ summary })).not.toMatch(/conversation|platform id/)
  })

  it('says that of a long reply only the beginning is kept', () => {
    expect(shown({ attempts: [{ ...ANSWERED, cut: true }] })).toMatch(
      /\n {4}… \(only the beginning of the answer is kept\)$/,
    )
  })

  it('has a body that is no text as base64, and none that is empty', () => {
    expect(shown({ delivery: aDelivery({ body: Buffer.from([0, 255]) }), attempts: [] })).toMatch(
      /\n {4}\(binary, as base64\)\n {4}AP8=$/,
    )
    expect(shown({ delivery: aDelivery({ body: Buffer.alloc(0) }), attempts: [] })).toMatch(/application\/json$/)
  })

  it('does not let a terminal act on what the bot or the platform wrote', () => {
    const attempt = anAttempt('answered', {
      reply: { status: 200, headers: ['X-Odd', '\u001b[2J'], body: Buffer.from('\u001b[2J') },
    })
    expect(shown({ attempts: [{ n: 1, attempt, cut: false }] })).not.toContain('\u001b')
  })
})

describe('A delivery as one JSON object', () => {
  it('has its headers, body and attempts without secrets', () => {
    expect(eventDetailJson(detail(), redact)).toEqual({
      type: 'delivery',
      time: new Date(NOON).toISOString(),
      id: 'd1',
      event: 'message.create.contact.chat',
      conversation: 'c1',
      text: 'hi there',
      bytes: 39,
      settled: 'delivered',
      replays: 0,
      editOf: null,
      outcome: 'answered',
      status: 200,
      answered: 200,
      ownStatus: null,
      ms: 45,
      platformId: 'p1',
      method: 'POST',
      search: '?token=[redacted]&n=1',
      headers: [
        ['Content-Type', 'application/json'],
        ['Authorization', '[redacted]'],
      ],
      encoding: 'utf8',
      body: '{"text":"hi [redacted]","secret":"[redacted]"}',
      attempts: [
        {
          n: 1,
          replay: false,
          time: new Date(NOON + 1_000).toISOString(),
          outcome: 'refused',
          ms: 1_200,
          status: null,
          reason: 'no way to [redacted]',
        },
        {
          n: 2,
          replay: false,
          time: new Date(NOON + 2_000).toISOString(),
          outcome: 'answered',
          ms: 45,
          status: 201,
          headers: [
            ['X-Bot', 'yes'],
            ['Set-Cookie', '[redacted]'],
          ],
          encoding: 'utf8',
          body: '{"ok":true}',
          cut: false,
        },
      ],
    })
  })

  it('has a body that is no text as base64', () => {
    const delivery = aDelivery({ body: Buffer.from([0, 255]) })
    expect(eventDetailJson(detail({ delivery }), redact)).toMatchObject({ encoding: 'base64', body: 'AP8=' })
  })

  it('says which attempts a person asked for, and of which delivery it is an edited copy', () => {
    const attempt = anAttempt('answered')
    const given = detail({ attempts: [{ n: 1, attempt: { ...attempt, replay: true }, cut: false }] })
    const copy = { ...given, summary: { ...given.summary, editOf: 'd0', replays: 1 } }
    expect(eventDetailJson(copy, redact)).toMatchObject({
      editOf: 'd0',
      replays: 1,
      attempts: [{ n: 1, replay: true }],
    })
    const lines = eventDetail(copy, colorsFor(false), redact).join('\n')
    expect(lines).toMatch(/edited from +d0/)
    expect(lines).toMatch(/attempt 1 .* replay +answered 200/)
  })
})
