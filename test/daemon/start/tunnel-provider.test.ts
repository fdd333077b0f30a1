// A tunnel provider that exists only here: a run checks it beforehand and opens it, and no other file knows of it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../../src/cli/exit.ts'
import { type Config, loadConfig } from '../../../src/config/load.ts'
import { DevHookError } from '../../../src/core/errors.ts'
import { createHookAddress } from '../../../src/core/hook-url.ts'
import { createNotices, type NoticeType } from '../../../src/core/notices.ts'
import { createRedactor } from '../../../src/core/text/redact.ts'
import { createDaemon } from '../../../src/daemon/daemon.ts'
import { FACTORIES } from '../../../src/daemon/factories.ts'
import { openTunnel } from '../../../src/daemon/start/open-tunnel.ts'
import { checkPreflight } from '../../../src/daemon/start/preflight.ts'
import type { TunnelProvider } from '../../../src/tunnel/provider.ts'
import { folderForTest } from '../../support/folder.ts'
import { type ChallengeServer, openChallengeServer } from '../../support/tunnel/tunnel-rig.ts'

const encode = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url')
const TOKEN = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ _id: 'a-bot', grant_type: 'access_token' })}.c2ln`

let cwd: string
let config: Config
let gateway: ChallengeServer
beforeEach(async () => {
  cwd = await folderForTest()
  config = await loadConfig({ token: TOKEN }, { cwd, env: {}, platform: 'linux', sourceOf: (key) => key })
  gateway = await openChallengeServer()
})
afterEach(() => gateway.close())

/** Reaches the gateway on its own port; needs the word of a courier. */
const pigeonPost = (courier: string | null): TunnelProvider => ({
  preflight: async () => {
    if (courier !== null) return
    throw new DevHookError('usage', 'there is no courier for the pigeon post', { remedy: 'hire one at the loft' })
  },
  opening: () => ({ url: null }),
  open: async ({ port, probe }, signal) => {
    const url = `http://127.0.0.1:${port}`
    const result = await probe(url, signal)
    if (!result.answered)
      throw new DevHookError('tunnelFailed', `lost in a storm: ${result.reason}`, { remedy: 'wait for better weather' })
    return {
      current: () => ({ state: 'online', url }),
      on: () => () => {},
      markActive: () => {},
      close: async () => {},
    }
  },
})

describe('a run with a made-up tunnel provider', () => {
  it('ends with 2 and the remedy of the provider, before anything is opened, when a credential is missing', async () => {
    const notices = createNotices()
    const announced: NoticeType[] = []
    notices.on(({ type }) => announced.push(type))
    const options = {
      config,
      command: null,
      version: '0.0.0',
      who: 'jo@desk',
      stateHome: cwd,
      env: {},
      botEnv: {},
      ask: null,
      notices,
      reload: async () => config,
      redactor: createRedactor([]),
    }
    const opened: string[] = []
    const open = (name: string) => (): never => {
      opened.push(name)
      throw new Error(`${name} was opened`)
    }
    const daemon = createDaemon(options, {
      ...FACTORIES,
      checkPreflight: (given) => checkPreflight(given, pigeonPost(null)),
      createApiClient: open('client'),
      openState: open('state'),
      openGateway: open('gateway'),
    })
    await expect(daemon.start()).rejects.toMatchObject({ failure: 'usage', remedy: 'hire one at the loft' })
    expect(EXIT_CODES[(await daemon.stop()).failure ?? 'ended']).toBe(2)
    expect(opened).toEqual([])
    expect(announced).toEqual(['starting', 'error', 'stopped'])
  })

  it('is reached through it', async () => {
    await checkPreflight({ config, command: null, env: {} }, pigeonPost('a courier'))
    const signal = new AbortController().signal
    const end = { port: gateway.port, url: gateway.url, close: gateway.close }
    const tunnel = await openTunnel({ config, env: {} }, end, createHookAddress(), signal, pigeonPost('a courier'))
    expect(tunnel.current()).toEqual({ state: 'online', url: gateway.url })
    expect(gateway.challenges()).toBe(1)
  })

  it('fails with the remedy of the provider', async () => {
    gateway.misanswer(true)
    const signal = new AbortController().signal
    const end = { port: gateway.port, url: gateway.url, close: gateway.close }
    const opening = openTunnel({ config, env: {} }, end, createHookAddress(), signal, pigeonPost('a courier'))
    await expect(opening).rejects.toMatchObject({
      code: 'DEVHOOK_TUNNEL_FAILED',
      message: 'lost in a storm: something else answers there',
      remedy: 'wait for better weather',
    })
  })
})
