// Which provider a run uses, what each of them checks and announces, and the remedy that each gives.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Probe } from '../../src/tunnel/probe.ts'
import { providerFor, type TunnelSettings } from '../../src/tunnel/provider-table.ts'
import { folderForTest } from '../support/folder.ts'
import { type ChallengeServer, openChallengeServer } from '../support/tunnel/tunnel-rig.ts'

const HOUR = 3_600_000
const FORWARDING = { by: 'GitHub Codespaces', publish: 'gh codespace ports visibility 4748:public' }
const signal = new AbortController().signal
const answered: Probe = async () => ({ answered: true, who: null })

let cwd: string
beforeEach(async () => {
  cwd = await folderForTest()
})

const settings = (changes: Partial<TunnelSettings> = {}): TunnelSettings => ({
  tunnel: 'ngrok',
  url: null,
  ngrokAuthtoken: 'token-of-a-test',
  domain: null,
  ngrokServerAddr: null,
  ngrokCa: null,
  forwarding: null,
  proxies: { https: null },
  probe: HOUR,
  cwd,
  ...changes,
})

describe('ngrok', () => {
  it('needs an authtoken, and names where to get one', async () => {
    await expect(providerFor(settings({ ngrokAuthtoken: null })).preflight()).rejects.toMatchObject({
      code: 'DEVHOOK_NGROK_TOKEN_MISSING',
      failure: 'usage',
      remedy: expect.stringContaining('https://dashboard.ngrok.com/get-started/your-authtoken'),
    })
  })

  it('needs to read the CA that it is given, from the folder of the run', async () => {
    await writeFile(join(cwd, 'ca.pem'), 'a certificate')
    await providerFor(settings({ ngrokCa: 'ca.pem' })).preflight()
    await providerFor(settings({ ngrokCa: join(cwd, 'ca.pem') })).preflight()
    await expect(providerFor(settings({ ngrokCa: 'other.pem' })).preflight()).rejects.toMatchObject({
      failure: 'usage',
      message: expect.stringMatching(/^ngrokCa other\.pem cannot be read: there is no such file$/),
      remedy: expect.stringContaining('--ngrok-ca'),
    })
  })

  it('announces no URL before it is open', () => {
    expect(providerFor(settings()).opening(4000)).toEqual({ url: null })
  })
})

describe('loopback', () => {
  it('needs nothing, and is the gateway itself, always online', async () => {
    const provider = providerFor(settings({ tunnel: 'loopback', ngrokAuthtoken: null }))
    await provider.preflight()
    expect(provider.opening(4000)).toEqual({ url: null })
    const tunnel = await provider.open({ port: 4000, probe: answered, env: {} }, signal)
    tunnel.markActive()
    tunnel.on(() => {})()
    expect(tunnel.current()).toEqual({ state: 'online', url: 'http://127.0.0.1:4000' })
    await tunnel.close()
    expect(tunnel.current()).toEqual({ state: 'online', url: 'http://127.0.0.1:4000' })
  })
})

describe('a public URL', () => {
  let server: ChallengeServer
  beforeEach(async () => {
    server = await openChallengeServer()
  })
  afterEach(() => server.close())

  it.each(['ngrok', 'loopback'] as const)(
    'goes before a tunnel of %s, and needs no credential of it',
    async (tunnel) => {
      const { url } = server
      const provider = providerFor(settings({ tunnel, url, ngrokAuthtoken: null }))
      await provider.preflight()
      expect(provider.opening(4000)).toEqual({ url: null })
      const opened = await provider.open({ port: 4000, probe: answered, env: {} }, signal)
      expect(opened.current()).toEqual({ state: 'online', url })
      await opened.close()
    },
  )

  it('that is forwarded is announced, with who forwards it to which port', () => {
    const { url } = server
    const provider = providerFor(settings({ url, forwarding: FORWARDING }))
    expect(provider.opening(4748)).toEqual({ url, forwarded: { by: 'GitHub Codespaces', port: 4748 } })
  })
})
