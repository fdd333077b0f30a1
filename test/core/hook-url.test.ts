import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHookAddress, hookUrl, runIdOf, withoutCredentials } from '../../src/core/hook-url.ts'

/** Whether a text belongs to the path, query or fragment of a URL, in which an `@` may stand too. */
const isInPath = (url: string, text: string): boolean =>
  URL.canParse(url) && new URL(url).host !== '' && !new URL(url).username.concat(new URL(url).password).includes(text)

describe('The hook URL', () => {
  it('carries credentials, and a path from which the run is recognised', () => {
    const address = createHookAddress()
    const url = hookUrl('https://x.ngrok.app/', address)
    expect(url).toBe(`https://dev-hook:${address.password}@x.ngrok.app${address.path}`)
    expect(runIdOf(url)).toBe(address.runId)
  })

  it('is another one for every run', () => {
    const [a, b] = [createHookAddress(), createHookAddress()]
    expect(a.runId).not.toBe(b.runId)
    expect(a.password).not.toBe(b.password)
  })

  it.each(['https://bots.example.com/hook', 'https://x/dev-hook/abc', 'nonsense', ''])('is not seen in %s', (url) => {
    expect(runIdOf(url)).toBeNull()
  })

  it('is shown without its credentials', () => {
    expect(withoutCredentials('https://user:pass@x.ngrok.app/p?q=1')).toBe('https://x.ngrok.app/p?q=1')
    expect(withoutCredentials('nonsense')).toBe('nonsense')
  })

  it.each([
    ['https://user:hunter2secret@bad host/x', 'https://bad host/x'],
    ['https://hunter2secret@bad host/', 'https://bad host/'],
    ['https://user:hunter2/secret@example.com/x', 'https://example.com/x'],
    ['https://user:hunter2@secret@bad host/', 'https://bad host/'],
    ['user:hunter2secret@example.com', 'user:example.com'],
    ['hunter2secret@', ''],
    ['\nhttps://hunter2\nsecret@bad host/', '\nhttps://bad host/'],
  ])('is shown without its credentials even if it is not a URL: %j', (url, shown) => {
    expect(withoutCredentials(url)).toBe(shown)
  })

  it('is never shown with its password, whatever it is made of', () => {
    const part = fc.string({ unit: fc.constantFrom('a', ':', '/', '@', ' ', '?', '#', '[', '\\', '%', '\n', '.') })
    fc.assert(
      fc.property(fc.constantFrom('https://', 'http:', '//', 'x://', ''), part, part, (scheme, before, host) => {
        const url = `${scheme}${before}hunter2secret@${host}`
        if (!isInPath(url, 'hunter2secret')) expect(withoutCredentials(url)).not.toContain('hunter2secret')
      }),
      { numRuns: 2_000 },
    )
  })
})
