import { describe, expect, it } from 'vitest'
import { createHookAddress, hookUrl } from '../../../src/core/hook-url.ts'
import { botAccess, secretsInUrl } from '../../../src/daemon/traffic/bot-access.ts'

const HERE = { host: 'localhost', port: 3000, path: '/' }
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
const given = (config: Partial<Parameters<typeof botAccess>[0]>) => ({
  botAuth: null,
  botQuery: null,
  target: HERE,
  ...config,
})

describe('What a bot expects of the platform', () => {
  it.each([
    [null, null, ''],
    ['https://bots.example.com/hook', null, ''],
    ['https://jo:pw@bots.example.com/hook?key=abc', basic('jo:pw'), 'key=abc'],
    ['https://jo@bots.example.com/', basic('jo:'), ''],
    ['https://:pw@bots.example.com/', basic(':pw'), ''],
    ['https://j%C3%B6:100%25%@bots.example.com/?a=1?b', basic('jö:100%25%'), 'a=1?b'],
    ['https://bots.example.com/?', null, ''],
    ['no URL', null, ''],
    [hookUrl('https://x.ngrok.app', createHookAddress()), null, ''],
  ])('is by default what its former URL has: %s', (url, authorization, query) => {
    expect(botAccess(given({}), url)).toEqual({ authorization, query })
  })

  it('is what the options give, each for itself', () => {
    const url = 'https://jo:pw@bots.example.com/hook?key=abc'
    expect(botAccess(given({ botAuth: 'a:b:c' }), url)).toEqual({ authorization: basic('a:b:c'), query: 'key=abc' })
    expect(botAccess(given({ botQuery: 'k=2' }), url)).toEqual({ authorization: basic('jo:pw'), query: 'k=2' })
  })

  it('goes to another machine only when the options give it', () => {
    const url = 'https://jo:pw@bots.example.com/hook?key=abc'
    const target = { host: 'bot.example.com', port: 80, path: '/' }
    expect(botAccess(given({ target }), url)).toEqual({ authorization: null, query: '' })
    expect(botAccess(given({ target, botAuth: 'a:b' }), url)).toEqual({ authorization: basic('a:b'), query: '' })
    for (const host of ['127.0.0.1', '::1', '127.1.2.3'])
      expect(botAccess(given({ target: { ...target, host } }), url).query).toBe('key=abc')
  })

  it('is not shown: passwords, and what in a query is or looks secret', () => {
    const url = 'https://jo:p%40ssword@bots.example.com/?lang=en&key=a%20bcd&v=20261126&x=4f9a8b7c6d5e4f3a2b1c'
    const hidden = secretsInUrl(url)
    for (const secret of ['p%40ssword', 'p@ssword', 'a%20bcd', 'a bcd', '4f9a8b7c6d5e4f3a2b1c', btoa('jo:p@ssword')])
      expect(hidden).toContain(secret)
    for (const open of ['en', '20261126', 'jo']) expect(hidden).not.toContain(open)
  })
})
