import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import type { SandboxDelivery } from '../../src/sandbox/webhooks/deliver.ts'
import { loggingBotForTest } from '../support/bot/logging-bot.ts'
import { type Cli, ECHO_BOT, startCli } from '../support/cli/cli.ts'
import { freePort } from '../support/free-port.ts'
import { sandboxForTest } from '../support/platform/sandboxes.ts'

/** A look at a variable, a cup of coffee: longer than the platform waits. */
const AT_THE_BREAKPOINT_MS = 25_000

async function start(
  command: readonly string[],
  more: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<{ readonly cli: Cli; readonly platform: Sandbox }> {
  const platform = await sandboxForTest()
  const { api, token } = platform
  const cli = await startCli({
    ...more,
    args: ['--json', '--take-over', '--tunnel', 'loopback'],
    env: { APIHOST: api, TOKEN: token, PORT: String(await freePort()), ...more.env },
    command,
  })
  await cli.notice('ready')
  await cli.notice('bot', ({ state }) => state === 'ready')
  return { cli, platform }
}

describe('A bot under a debugger', () => {
  it('is started with the flags it is given, and its debugger says where it listens', async () => {
    const { cli, platform } = await start([process.execPath, '--inspect=127.0.0.1:0', ECHO_BOT])
    const jenny = await platform.contact({ name: 'Jenny' })
    expect((await jenny.say('hi')).text).toBe('You said: hi')
    cli.kill('SIGINT')
    const { code, stderr } = await cli.ended
    expect(code).toBe(0)
    expect(stderr.match(/Debugger listening on ws:\/\/127\.0\.0\.1:\d+\//g)).toHaveLength(1)
  })

  it('has the debugger of NODE_OPTIONS, and dev-hook leaves it the port', async () => {
    const port = await freePort()
    const { cli } = await start([process.execPath, ECHO_BOT], { env: { NODE_OPTIONS: `--inspect=127.0.0.1:${port}` } })
    const targets = await fetch(`http://127.0.0.1:${port}/json/list`)
    expect(await targets.json()).toEqual([expect.objectContaining({ title: expect.stringContaining('echo-bot') })])
    cli.kill('SIGINT')
    const { code, stderr } = await cli.ended
    expect(stderr).not.toContain('address already in use')
    expect(code).toBe(0)
  })

  // A stopped process is what a breakpoint looks like from outside: its port is open, and nobody answers.
  it.skipIf(process.platform === 'win32')('may stand at a breakpoint for longer than the platform waits', async () => {
    const bot = await loggingBotForTest()
    const { cli, platform } = await start(bot.command, { env: bot.env, cwd: bot.cwd })
    const { pid } = await cli.notice('bot', ({ state }) => state === 'ready')
    if (pid === null) throw new Error('the bot has no process')
    const jenny = await platform.contact({ name: 'Jenny' })
    const arrivals = (): readonly SandboxDelivery[] =>
      platform.deliveries.filter(({ event }) => event.includes('contact'))

    process.kill(pid, 'SIGSTOP')
    jenny.send('one')
    jenny.send('two')
    await sleep(AT_THE_BREAKPOINT_MS)
    // Acknowledged in time, and so not sent again.
    expect(arrivals()).toHaveLength(2)
    for (const { state, attempts } of arrivals()) {
      expect(state).toBe('delivered')
      expect(attempts).toEqual([expect.objectContaining({ status: 200 })])
    }
    process.kill(pid, 'SIGCONT')

    await cli.notice('attempt', ({ outcome }) => outcome === 'answered')
    await expect.poll(bot.came).toEqual(arrivals().map(({ id }) => id))
    cli.kill('SIGINT')
    await cli.ended
    expect(cli.notices.at(-1)).toMatchObject({ type: 'stopped', deliveries: 2, delivered: 2, undelivered: 0 })
    expect(cli.notices.filter((notice) => notice.type === 'delivery' && notice.redelivery)).toEqual([])
    expect(await bot.came()).toHaveLength(2)
  })
})
