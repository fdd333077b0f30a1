// What crosses the channel between the parent and the process of the SDK.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OpenMessage, readFromChild, readToChild } from '../../../src/tunnel/ngrok/messages.ts'

const OPEN: OpenMessage = {
  type: 'open',
  authtoken: 't',
  domain: null,
  serverAddr: '127.0.0.1:1',
  ca: null,
  upstream: '127.0.0.1:2',
  heartbeatSeconds: 4,
  toleranceSeconds: 1,
}

describe('a message', () => {
  it('of the parent is read as it was sent', () => {
    expect(readToChild({ ...OPEN })).toEqual(OPEN)
    expect(readToChild({ type: 'close' })).toEqual({ type: 'close' })
  })

  it('of the child is read as it was sent', () => {
    for (const message of [
      { type: 'ready' },
      { type: 'connected' },
      { type: 'closed' },
      { type: 'bound', url: 'https://x' },
      { type: 'heartbeat', answered: false },
      { type: 'failed', text: 'why' },
    ]) {
      expect(readFromChild(message)).toEqual(message)
    }
  })

  it.each([
    [{ authtoken: 1 }],
    [{ domain: undefined }],
    [{ ca: 5 }],
    [{ upstream: null }],
    // The SDK panics at less than a second, and knows whole ones only.
    [{ heartbeatSeconds: 0 }],
    [{ heartbeatSeconds: 0.5 }],
    [{ toleranceSeconds: '4' }],
  ])('with a wrong field is not read: %j', (wrong) => {
    expect(readToChild({ ...OPEN, ...wrong })).toBeNull()
  })

  it('of any other shape is not read, and is never an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readToChild(value)).toBeNull()
        expect(readFromChild(value)).toBeNull()
      }),
    )
  })
})
