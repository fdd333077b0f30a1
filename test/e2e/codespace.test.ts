import { describe, expect, it } from 'vitest'
import { type Cli, startCli } from '../support/cli/cli.ts'
import { freePort } from '../support/free-port.ts'
import { codespaceForTest } from '../support/network/networks.ts'
import { sandboxForTest } from '../support/platform/sandboxes.ts'

/** The platform's challenge, as it comes through the forwarded port. */
async function challenge(hook: string, port: number): Promise<string> {
  const { username, password, pathname } = new URL(hook)
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const answer = await fetch(`http://127.0.0.1:${port}${pathname}?type=subscribe&challenge=abc`, {
    headers: { authorization },
  })
  return answer.text()
}

async function startInCodespace(isPublic: boolean): Promise<{ cli: Cli; port: number; url: string }> {
  const platform = await sandboxForTest()
  const port = await freePort()
  const { env, url } = await codespaceForTest(port, isPublic)
  const cli = await startCli({
    args: ['--json', '--hook', 'manual', '--gateway-port', String(port)],
    env: { ...env, APIHOST: platform.api, TOKEN: platform.token },
  })
  return { cli, port, url }
}

describe('dev-hook in a codespace, without an ngrok authtoken', () => {
  it('is reached through the port that the codespace forwards', async () => {
    const { cli, port, url } = await startInCodespace(true)
    expect(await cli.notice('tunnel')).toMatchObject({
      state: 'opening',
      url,
      forwarded: { by: 'GitHub Codespaces', port },
    })
    const manual = await cli.notice('registration', ({ state }) => state === 'manual')
    expect(await challenge(manual.url ?? '', port)).toBe('abc')
    expect((await cli.notice('ready')).url).toBe(`${url}/`)
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
  })

  it('says how to open the port when only its owner reaches it', async () => {
    const { cli } = await startInCodespace(false)
    expect((await cli.ended).code).toBe(4)
    expect(await cli.notice('error')).toMatchObject({
      code: 'DEVHOOK_TUNNEL_UNREACHABLE',
      message: expect.stringContaining('status 302'),
      remedy: expect.stringMatching(/gh codespace ports visibility \d+:public -c octo-cat/),
    })
  })
})
