import { describe, expect, it } from 'vitest'
import { createHookAddress, hookUrl, runIdOf, withoutCredentials } from '../../src/core/hook-url.ts'

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
})
