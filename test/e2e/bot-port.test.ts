// The ports of bots that several runs start, where nobody has named one.
import { describe, expect, it } from 'vitest'
import { reservePort } from '../../src/bot/port-reservation.ts'
import { type Cli, ECHO_BOT, startCli } from '../support/cli/cli.ts'
import { eventually } from '../support/wait.ts'

const WORKS = [process.execPath, ECHO_BOT]
const BROKEN = [process.execPath, '-e', 'process.exit(1)']

const start = (command: readonly string[]): Promise<Cli> => startCli({ args: ['sandbox', '--json'], command })

async function portOf(cli: Cli): Promise<number> {
  const { target } = await cli.notice('ready')
  return Number(new URL(target).port)
}

describe('The port of a bot', () => {
  it('is another one for each of several runs that start in the same instant', async () => {
    const runs = await Promise.all([WORKS, WORKS, WORKS].map(start))
    await Promise.all(runs.map((run) => run.notice('bot', ({ state }) => state === 'ready')))
    expect(new Set(await Promise.all(runs.map(portOf))).size).toBe(runs.length)
  })

  it('stays that of its run while the bot is down, and is free as soon as the run is killed', async () => {
    const down = await start(BROKEN)
    const port = await portOf(down)
    await down.notice('bot', ({ state }) => state === 'crashed')
    const other = await start(WORKS)
    expect(await portOf(other)).not.toBe(port)
    expect(await other.notice('warning', ({ message }) => message.includes('gets port'))).toMatchObject({
      code: 'DEVHOOK_BOT_PORT_TAKEN',
      message: expect.stringMatching(/^(another|a bot that another) .*localhost:3000.*, so the bot gets port/),
    })
    expect(await reservePort(port)).toBeNull()
    down.kill('SIGKILL')
    await down.ended
    await eventually(async () => {
      const release = await reservePort(port)
      release?.()
      return release !== null
    })
  })
})
