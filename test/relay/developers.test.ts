import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createDevelopers, type Line } from '../../src/relay/hub/developers.ts'
import { aMessage } from '../support/relay/relay-world.ts'

/** A relay with one developer, anna, whose side answers so. */
function withAnna(request: Line['request']) {
  const developers = createDevelopers({
    line: { request, maxMessageBytes: () => 1_000_000 },
    secretOf: () => 'secret',
    changed: () => undefined,
    graceMs: 60_000,
  })
  onTestFinished(developers.close)
  developers.here('anna', { session: randomUUID(), who: 'anna@test', only: null })
  return developers
}

describe('The way to a developer', () => {
  it.each([
    ['', 'the message is cut off'],
    ['no answer of a dev-hook', 'the message is cut off'],
    ['\0\0\0\u0002{}', 'the message is not an answer'],
    ['\0\0\0\u0011{"status":"many"}', 'the message is not an answer'],
    ['\0\0\0\u001a{"status":99,"headers":[]}', 'the message is not an answer'],
  ])('takes what is not an answer, such as %j, for a delivery that was not taken', async (said, why) => {
    const developers = withAnna(async () => Buffer.from(said, 'latin1'))
    expect(await developers.send('anna', aMessage('c1')).answer).toEqual({ taken: false, why })
  })
})
