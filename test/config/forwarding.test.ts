import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { forwardingOf } from '../../src/config/forwarding.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Options } from '../../src/config/options.ts'
import { folderForTest } from '../support/folder.ts'

const CODESPACE = { CODESPACE_NAME: 'octo-cat-mld5', GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN: 'app.github.dev' }
const GITPOD = { GITPOD_WORKSPACE_URL: 'https://octo-cat-x1.ws-eu10.gitpod.io' }
const URL_OF_CODESPACE = 'https://octo-cat-mld5-4748.app.github.dev'

async function load(env: Readonly<Record<string, string>>, given: Options = {}) {
  const cwd = await folderForTest()
  const sourceOf = (key: string): string => `--${key}`
  return loadConfig(given, { cwd, env: { HOME: cwd, ...env }, platform: 'linux', sourceOf })
}

describe('A development environment in the cloud', () => {
  it('is known by its variables', () => {
    expect(forwardingOf({}, 4748)).toBeNull()
    expect(forwardingOf({ CODESPACE_NAME: 'alone' }, 4748)).toBeNull()
    expect(forwardingOf({ GITPOD_WORKSPACE_URL: 'not a URL' }, 4748)).toBeNull()
    expect(forwardingOf(CODESPACE, 9000)).toMatchObject({
      url: 'https://octo-cat-mld5-9000.app.github.dev',
      publish: 'gh codespace ports visibility 9000:public -c octo-cat-mld5',
    })
    expect(forwardingOf(GITPOD, 9000)).toMatchObject({
      url: 'https://9000-octo-cat-x1.ws-eu10.gitpod.io',
      publish: 'gp ports visibility 9000:public',
    })
  })

  it('brings the public URL and a gateway port when there is no ngrok authtoken', async () => {
    const config = await load(CODESPACE)
    expect(config).toMatchObject({ url: URL_OF_CODESPACE, gatewayPort: 4748, forwarding: { by: 'GitHub Codespaces' } })
    expect(config.sources.url).toBe('CODESPACE_NAME')
    expect(await load(GITPOD)).toMatchObject({ url: 'https://4748-octo-cat-x1.ws-eu10.gitpod.io' })
  })

  it('forwards the gateway port that was asked for', async () => {
    const config = await load(CODESPACE, { gatewayPort: 9000 })
    expect(config).toMatchObject({ url: 'https://octo-cat-mld5-9000.app.github.dev', gatewayPort: 9000 })
  })

  it.each<[string, Readonly<Record<string, string>>, Options]>([
    ['an authtoken', { NGROK_AUTHTOKEN: 'token' }, {}],
    ['a request for ngrok', {}, { tunnel: 'ngrok' }],
    ['a request for no tunnel', {}, { tunnel: 'loopback' }],
    ['an ngrok domain', {}, { domain: 'bot.ngrok.app' }],
    ['a public URL', {}, { url: 'https://bot.example.com' }],
  ])('keeps back when there is %s', async (_, env, given) => {
    const config = await load({ ...CODESPACE, ...env }, given)
    expect(config.forwarding).toBeNull()
    expect(config.gatewayPort).toBeNull()
    expect(config.url).toBe(given.url ?? null)
  })

  it('keeps back when the ngrok agent is set up', async () => {
    const cwd = await folderForTest()
    await mkdir(join(cwd, 'ngrok'))
    await writeFile(join(cwd, 'ngrok', 'ngrok.yml'), 'authtoken: from-the-agent\n')
    expect((await load({ ...CODESPACE, XDG_CONFIG_HOME: cwd })).forwarding).toBeNull()
  })
})
