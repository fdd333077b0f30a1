// Chaos in the sandbox of the command line: what a person and a script are told of it, and that the bot meets with it.
import { describe, expect, it } from 'vitest'
import { type Cli, ECHO_BOT, startCli } from '../support/cli/cli.ts'
import { freePort } from '../support/free-port.ts'

async function inChaos(...args: string[]): Promise<Cli> {
  const env = { PORT: String(await freePort()) }
  return startCli({ args: ['sandbox', ...args], env, command: [process.execPath, ECHO_BOT] })
}

describe('dev-hook sandbox --chaos', () => {
  it('brings what comes twice to the bot twice, and says so with the seed', async () => {
    const cli = await inChaos('--chaos', 'duplicate=1', '--seed', '7', '--say', 'hi', '--arrival', 'joined')
    const { code, stdout, stderr } = await cli.ended
    expect(code, stderr).toBe(0)
    expect(stdout).toBe('You said: hi\nYou said: hi\n')
    expect(stderr).toContain('--chaos duplicate=1 --seed 7')
    expect(stderr).toContain('chaos message.create.contact.chat "hi" comes once more (seed 7)')
    expect(stderr).toContain('DEVHOOK_ANSWERED_TWICE')
  })

  it('tells a script which seed it took, and what it did', async () => {
    const cli = await inChaos('--chaos', 'expire=1', '--say', 'hi', '--json')
    expect((await cli.ended).code).toBe(0)
    const { chaos } = await cli.notice('sandbox')
    expect(chaos).toMatchObject({ words: 'expire=1', seed: expect.any(Number) })
    expect(await cli.notice('chaos')).toMatchObject({ word: 'expire', seed: chaos?.seed })
  })
})
