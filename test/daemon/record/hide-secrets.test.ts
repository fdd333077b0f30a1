import { describe, expect, it } from 'vitest'
import { hideSecrets, shownHeader } from '../../../src/daemon/record/hide-secrets.ts'

const asItIs = (text: string): string => text

describe('What is shown of a delivery', () => {
  it.each(['Authorization', 'Proxy-Authorization', 'Cookie', 'set-cookie', 'X-Api-Key', 'x-access-token'])(
    'hides the header %s',
    (name) => expect(shownHeader(name, 'abc', asItIs)).toBe('[redacted]'),
  )

  it('shows the signature and the like, without secrets that are known', () => {
    expect(shownHeader('X-Hub-Signature', 'sha1=00', asItIs)).toBe('sha1=00')
    expect(shownHeader('X-Note', 'it is s3cret', (text) => text.replace('s3cret', '…'))).toBe('it is …')
  })

  it.each([
    ['{"token":"abc","messages":[]}', '{"token":"[redacted]","messages":[]}'],
    ['{ "refreshToken" : "a\\"b", "x": 1 }', '{ "refreshToken" : "[redacted]", "x": 1 }'],
    [
      '{"messages":[{"text":"the token"}],"client_secret":"x"}',
      '{"messages":[{"text":"the token"}],"client_secret":"[redacted]"}',
    ],
    ['{"token":"cut off in the mid', '{"token":"[redacted]"'],
    ['?a=1&access_token=abc&b=2', '?a=1&access_token=[redacted]&b=2'],
    ['{"token":null,"tokens":["a"],"text":"password"}', '{"token":null,"tokens":["a"],"text":"password"}'],
  ])('hides what %s must not tell', (text, shown) => {
    expect(hideSecrets(text, asItIs)).toBe(shown)
  })
})
