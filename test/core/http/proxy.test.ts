import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_PROXIES, type Proxies, proxyFor } from '../../../src/core/http/proxy.ts'

const PROXY = 'http://proxy.corp:3128'
const proxies = (...except: string[]): Proxies => ({ http: 'http://plain.corp:3128', https: PROXY, except })

describe('The proxy of a URL', () => {
  it.each([
    ['https://api.web1on1.chat/v2', PROXY],
    ['http://api.web1on1.chat/v2', 'http://plain.corp:3128'],
    ['https://localhost:8443/', null],
    ['http://127.0.0.1:4040/', null],
    ['http://127.8.9.10/', null],
    ['http://[::1]:4040/', null],
    ['https://localhost.example.com/', PROXY],
    ['not a URL', null],
  ])('of %s is %s', (url, proxy) => {
    expect(proxyFor(url, proxies())).toBe(proxy)
  })

  it.each([
    ['web1on1.chat', 'https://web1on1.chat/', true],
    ['web1on1.chat', 'https://api.web1on1.chat/', true],
    ['.web1on1.chat', 'https://api.web1on1.chat/', true],
    ['*.web1on1.chat', 'https://api.web1on1.chat/', true],
    ['WEB1ON1.chat', 'https://api.web1on1.chat/', true],
    ['web1on1.chat', 'https://notweb1on1.chat/', false],
    ['web1on1.chat:443', 'https://api.web1on1.chat/', true],
    ['web1on1.chat:8443', 'https://api.web1on1.chat/', false],
    ['web1on1.chat:8443', 'https://api.web1on1.chat:8443/', true],
    ['10.0.0.7', 'https://10.0.0.7/', true],
    ['fd00::7', 'https://[fd00::7]/', true],
    ['[fd00::7]:8443', 'https://[fd00::7]:8443/', true],
    ['*', 'https://api.web1on1.chat/', true],
    ['.', 'https://api.web1on1.chat/', false],
  ])('with the exception %s: %s goes straight: %s', (except, url, straight) => {
    expect(proxyFor(url, proxies('other.example', except)) === null).toBe(straight)
  })

  it('is none without a proxy', () => {
    expect(proxyFor('https://api.web1on1.chat/', NO_PROXIES)).toBeNull()
  })

  it('an exception never reaches beyond its own domain, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string(), fc.domain(), (entry, domain) => {
        const straight = proxyFor(`https://${domain}/`, proxies(entry)) === null
        const named = entry
          .toLowerCase()
          .replace(/^\*?\./, '')
          .replace(/:\d+$/, '')
        return !straight || entry === '*' || `.${domain.toLowerCase()}`.endsWith(`.${named}`)
      }),
    )
  })
})
