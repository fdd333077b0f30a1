import { describe, expect, it } from 'vitest'
import { childEnvironment, withoutVariables } from '../../src/core/child-environment.ts'

describe('The environment of a child of dev-hook’s own', () => {
  it('has what a program needs to run, and nothing that is not known to be needed', () => {
    const needed = { PATH: '/bin', Path: 'C:\\', SystemRoot: 'C:\\Windows', HOME: '/home/jo', LC_ALL: 'C' }
    const trusted = { NODE_EXTRA_CA_CERTS: '/ca.pem', SSL_CERT_FILE: '/certs.pem' }
    const others = { TOKEN: 'a', REFRESH_TOKEN: 'b', SECRET: 'c', NGROK_AUTHTOKEN: 'd', AWS_SECRET_ACCESS_KEY: 'e' }
    expect(childEnvironment({ ...needed, ...trusted, ...others })).toEqual({ ...needed, ...trusted })
  })

  it('has the options of Node, without the debugger that is meant for the bot', () => {
    const options = (given: string) => childEnvironment({ NODE_OPTIONS: given })['NODE_OPTIONS']
    expect(options('--use-openssl-ca --inspect=127.0.0.1:9229 --no-warnings')).toBe('--use-openssl-ca --no-warnings')
    expect(options('--inspect-brk')).toBe('')
    expect(options('--no-warnings')).toBe('--no-warnings')
  })

  it('leaves out a variable whatever its case', () => {
    expect(withoutVariables({ NGROK_AUTHTOKEN: 'a', ngrok_authtoken: 'b', PORT: '1' }, ['NGROK_AUTHTOKEN'])).toEqual({
      PORT: '1',
    })
  })
})
