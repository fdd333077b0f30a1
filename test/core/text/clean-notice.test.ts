import { expect, it } from 'vitest'
import type { Notice } from '../../../src/core/notices.ts'
import { cleanNotice } from '../../../src/core/text/clean-notice.ts'
import { createRedactor } from '../../../src/core/text/redact.ts'

const { redact } = createRedactor(['correct-horse'])
const time = '2026-11-23T00:00:00.000Z'
const delivery: Notice = { type: 'delivery', time, id: 'a', event: 'e', conversation: 'c', text: 'hi', bytes: 1 }

it.each(['event', 'conversation', 'text'])('a secret in the %s of a delivery is not shown', (field) => {
  const shown = cleanNotice({ ...delivery, [field]: 'my password is correct-horse' }, redact)
  expect(shown).toEqual({ ...delivery, [field]: 'my password is [redacted]' })
})

it('a notice without secrets is shown as it is', () => {
  expect(cleanNotice(delivery, redact)).toEqual(delivery)
})

it('a secret in any other notice is not shown, however deep it is', () => {
  const before = { url: 'https://me:correct-horse@example.com/', events: ['correct-horse'], status: null }
  const shown = cleanNotice(
    {
      type: 'ready',
      time,
      url: 'https://x/',
      target: 'http://127.0.0.1:1/',
      inspector: null,
      tokenFile: null,
      api: 'https://a/',
      kind: 'bot',
      before,
      events: null,
      steps: [],
      pid: 1,
    },
    redact,
  )
  expect(JSON.stringify(shown)).not.toContain('correct-horse')
})

it('a secret that a crashed bot printed last is not shown', () => {
  const lines = ['SECRET is correct-horse']
  const crash: Notice = { type: 'bot', time, state: 'crashed', pid: 1, port: 3000, code: 1, ms: 5, lines }
  expect(cleanNotice(crash, redact)).toEqual({ ...crash, lines: ['SECRET is [redacted]'] })
})
