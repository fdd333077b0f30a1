import { describe, expect, it } from 'vitest'
import { readProxies } from '../../src/config/proxies.ts'
import { NO_PROXIES } from '../../src/core/http/proxy.ts'

describe('The proxies of an environment', () => {
  it('are none when it names none', () => {
    expect(readProxies({})).toEqual(NO_PROXIES)
  })

  it('are read from the names that most tools use, lower case first, with or without a scheme', () => {
    const env = { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://jo:pw@lower:2', HTTP_PROXY: 'proxy.corp:3128' }
    expect(readProxies(env)).toEqual({ https: 'http://jo:pw@lower:2', http: 'http://proxy.corp:3128', except: [] })
  })

  it('are switched off by an empty name', () => {
    expect(readProxies({ HTTPS_PROXY: 'http://upper:1', https_proxy: '' }).https).toBeNull()
  })

  it('have exceptions, separated by commas or spaces', () => {
    expect(readProxies({ NO_PROXY: 'localhost, .corp,10.0.0.7  x:80' }).except).toEqual([
      'localhost',
      '.corp',
      '10.0.0.7',
      'x:80',
    ])
  })
})
