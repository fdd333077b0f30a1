// What `dev-hook status` asks, and whom.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { createHookAddress, hookUrl } from '../../../src/core/hook-url.ts'
import { NO_PROXIES } from '../../../src/core/http/proxy.ts'
import { createRedactor } from '../../../src/core/text/redact.ts'
import { readBotStatus, type Status } from '../../../src/daemon/offline/status.ts'
import { createOwnerProbe } from '../../../src/daemon/other-dev-hooks.ts'
import { folderForTest } from '../../support/folder.ts'
import { sandboxForTest } from '../../support/platform/sandboxes.ts'

const { signal } = new AbortController()
const PUBLIC_API = 'https://api.platform.invalid'

/** A server within the network, which remembers what it was asked for and sends every caller on to a secret page. */
async function internalServerForTest() {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(302, { location: '/secret' }).end()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  return { asked, port: (server.address() as AddressInfo).port }
}

async function statusOf(url: string, askAny = false): Promise<Status> {
  const platform = await sandboxForTest({ registered: { url } })
  const cwd = await folderForTest()
  const { api: APIHOST, token: TOKEN } = platform
  const config = await loadConfig({}, { cwd, env: { APIHOST, TOKEN }, platform: 'linux', sourceOf: (key) => key })
  const own = { stateHome: cwd, who: 'jo@desk pid 7', emit: () => undefined, redactor: createRedactor() }
  return readBotStatus({ config, askAny, ...own }, signal)
}

describe('The status of a bot', () => {
  it('asks nothing of a webhook that is not dev-hook’s, unless that is wanted', async () => {
    const { asked, port } = await internalServerForTest()
    const url = `http://127.0.0.1:${port}/admin?delete=all`
    expect(await statusOf(url)).toMatchObject({ owner: { is: 'somebody' }, answers: null })
    expect(asked).toEqual([])
    expect(await statusOf(url, true)).toMatchObject({ answers: false })
    expect(asked).toHaveLength(1)
  })

  it('asks the URL of a dev-hook, and does not follow where it is sent', async () => {
    const { asked, port } = await internalServerForTest()
    const address = createHookAddress()
    const found = await statusOf(hookUrl(`http://127.0.0.1:${port}`, address))
    expect(found).toMatchObject({ owner: { is: 'dev-hook', answers: false }, answers: false })
    expect(asked).toEqual([expect.stringContaining(address.path)])
  })

  it('has nothing to ask where nothing is registered', async () => {
    expect(await statusOf('')).toMatchObject({ owner: { is: 'nobody' }, answers: null })
  })
})

describe('The URL of another dev-hook', () => {
  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433'])(
    'is not asked for at %s where the platform could not reach it',
    async (host) => {
      const { asked, port } = await internalServerForTest()
      const ask = createOwnerProbe({ apiHost: PUBLIC_API, proxies: NO_PROXIES })
      const url = hookUrl(`http://${host}:${port}`, createHookAddress())
      expect(await ask(url, signal)).toEqual({ answers: false, who: null })
      expect(asked).toEqual([])
    },
  )

  it('is asked for within a private network that the platform is in', async () => {
    const { asked, port } = await internalServerForTest()
    const ask = createOwnerProbe({ apiHost: 'http://127.0.0.1:9', proxies: NO_PROXIES })
    await ask(hookUrl(`http://127.0.0.1:${port}`, createHookAddress()), signal)
    expect(asked).toHaveLength(1)
  })
})
