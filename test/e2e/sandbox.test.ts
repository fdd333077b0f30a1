import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type Cli, ECHO_BOT, noticeFromNow, startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { processesOf } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'

/** A bot that takes everything and never says a word. */
const SILENT = "require('http').createServer((_, answer) => answer.end()).listen(process.env.PORT)"

async function inSandbox(bot: readonly string[], ...args: string[]): Promise<Cli> {
  return startCli({ args: ['sandbox', ...args], env: { PORT: String(await freePort()) }, command: bot })
}

describe('dev-hook sandbox', () => {
  it('ends in order, with an error, when the bot does not answer', async () => {
    const cli = await inSandbox([process.execPath, '-e', SILENT], '--say', 'hi')
    const { code, stdout, stderr } = await cli.ended
    expect(stderr).toMatch(/webhook: restored[\s\S]*error: .*\[DEVHOOK_NO_REPLY\]\n {2}→ look at the bot's own output/)
    expect(stderr).toContain('1 delivery')
    expect(stderr).not.toContain('Node.js')
    expect(stdout).toBe('')
    expect(code).toBe(1)
    expect(await processesOf(cli.home)).toEqual([])
  })

  it('is cut short by Ctrl-C without an error', async () => {
    const cli = await inSandbox([process.execPath, '-e', SILENT], '--say', 'hi', '--json')
    await cli.notice('attempt')
    const stopped = noticeFromNow(cli)('stopped')
    cli.kill('SIGINT')
    expect(await stopped).toMatchObject({ exitCode: 0, failure: null })
    expect((await cli.ended).code).toBe(0)
  })

  it('takes away the folder of a run that was killed', async () => {
    const tmp = await folderForTest()
    const env = { TMPDIR: tmp, PORT: String(await freePort()) }
    const left = async (): Promise<readonly string[]> =>
      (await readdir(tmp)).filter((name) => name.startsWith('dev-hook-sandbox-'))
    const killed = await startCli({ args: ['sandbox', '--json'], env, command: [process.execPath, ECHO_BOT] })
    await killed.notice('ready')
    killed.kill('SIGKILL')
    await killed.ended
    expect(await left()).toHaveLength(1)
    // The bot too is ended, and nobody tries to restore a platform that has gone.
    await eventually(async () => (await processesOf(killed.home)).length === 0)
    const next = await startCli({ args: ['sandbox', '--say', 'hi'], env, command: [process.execPath, ECHO_BOT] })
    expect((await next.ended).code).toBe(0)
    expect(await left()).toEqual([])
  })

  it('writes nothing but JSON where a build server reads', async () => {
    const cli = await startCli({
      args: ['sandbox', '--say', 'hi'],
      env: { PORT: String(await freePort()), CI: '1' },
      command: [process.execPath, ECHO_BOT],
    })
    const { code, stdout } = await cli.ended
    const lines = stdout.trim().split('\n')
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('type')
    expect(lines.join()).toContain('You said: hi')
    expect(code).toBe(0)
  })
})
