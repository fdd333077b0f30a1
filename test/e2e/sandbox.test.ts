import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type Cli, ECHO_BOT, noticeFromNow, startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { processesOf } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'

/** A bot that takes everything and never says a word. */
const SILENT = "require('http').createServer((_, answer) => answer.end()).listen(process.env.PORT)"

/** A bot that answers the delivery at once, and says the rest bit by bit. */
const TALKATIVE = `
  const say = (to, text) => fetch(process.env.APIHOST + '/v2/conversations/' + to + '/messages', {
    method: 'POST',
    headers: { authorization: 'Bearer ' + process.env.TOKEN, 'content-type': 'application/json' },
    body: JSON.stringify({ text, role: 'agent' }),
  })
  require('http').createServer(async (request, answer) => {
    const { data } = JSON.parse(Buffer.concat(await request.toArray()))
    answer.end()
    if (data.message.role !== 'contact') return
    for (const text of ['one', 'two', 'three']) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      await say(data.conversation?.id ?? data.message.conversation, text)
    }
  }).listen(process.env.PORT)
`

/** Lets V8 say on stdout what it compiles of WebAssembly, and how. */
const SAYS_WHAT_IS_COMPILED = `data:text/javascript,${encodeURIComponent(
  'import { setFlagsFromString } from "node:v8"; setFlagsFromString("--trace-wasm-compilation-times")',
)}`

async function inSandbox(bot: readonly string[], ...args: string[]): Promise<Cli> {
  return startCli({ args: ['sandbox', ...args], env: { PORT: String(await freePort()) }, command: bot })
}

describe('dev-hook sandbox', () => {
  it('starts, and hears what the bot answers, with a parser of answers that V8 has not optimised', async () => {
    const cli = await startCli({
      args: ['sandbox', '--say', 'hi', '--timeout', '2s'],
      env: { PORT: String(await freePort()), NODE_OPTIONS: `--import=${SAYS_WHAT_IS_COMPILED}` },
      command: [process.execPath, '-e', SILENT],
    })
    const { stdout, stderr } = await cli.ended
    expect(stdout).toMatch(/ using Liftoff,/)
    expect(stdout).not.toMatch(/ using TurboFan,/)
    expect(stderr).not.toContain('unrecognized flag')
  })

  it('ends in order, with an error, when the bot does not answer', async () => {
    const cli = await inSandbox([process.execPath, '-e', SILENT], '--say', 'hi', '--timeout', '2s')
    const { code, stdout, stderr } = await cli.ended
    expect(stderr).toMatch(
      /said nothing within 2s \[DEVHOOK_NO_REPLY\]\n {2}→ look at the bot's own output[\s\S]*2 deliveries, \d held.*, 0 lost\n/,
    )
    expect(stderr).toContain('2 deliveries')
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

  it('a bot that crashes ends it at once, with what it printed and the true reason', async () => {
    const cli = await inSandbox([process.execPath, '-e', 'console.log("port in use"); nope()'], '--say', 'hi', '--json')
    const { code, stderr } = await cli.ended
    expect(await cli.notice('bot', ({ state }) => state === 'crashed')).toMatchObject({ code: 1 })
    expect(await cli.notice('error')).toMatchObject({ code: 'DEVHOOK_BOT_CRASHED' })
    expect(await cli.notice('stopped')).toMatchObject({ failure: 'failed', exitCode: 1, restored: 'restored' })
    expect(stderr).toContain('port in use\n')
    expect(code).toBe(1)
  })

  it('where no bot listens it says so, and does not wait for one', async () => {
    const port = String(await freePort())
    const cli = await startCli({ args: ['sandbox', '--say', 'hi'], env: { PORT: port } })
    const { code, stdout, stderr } = await cli.ended
    expect(stderr).toContain(`error: nothing listens on port ${port}, so nobody can answer [DEVHOOK_BOT_NOT_LISTENING]`)
    expect(stdout).toBe('')
    expect(code).toBe(1)
  })

  it('keeps stdout for the answers, one after the other, in a build server too', async () => {
    const cli = await startCli({
      args: ['sandbox', '--say', 'hi', '--say', 'bye'],
      env: { PORT: String(await freePort()), CI: '1' },
      command: [process.execPath, ECHO_BOT],
    })
    expect(await cli.ended).toMatchObject({ code: 0, stdout: 'You said: hi\nYou said: bye\n' })
  })

  it('ends at a word of a pipe that there is not, and says how to say it', async () => {
    const cli = await inSandbox([process.execPath, ECHO_BOT])
    for (const line of ['hi', '/asign', 'bye']) cli.type(line)
    const { code, stdout, stderr } = await cli.ended
    expect(stderr).toContain('error: unknown command `/asign`; did you mean `/assign`? [DEVHOOK_USAGE]')
    expect(stderr).toContain('`//asign` says it')
    expect({ code, stdout }).toEqual({ code: 2, stdout: 'You said: hi\n' })
  })

  it('an answer is all messages until the bot is quiet', async () => {
    const cli = await inSandbox([process.execPath, '-e', TALKATIVE], '--say', 'hi')
    expect(await cli.ended).toMatchObject({ code: 0, stdout: 'one\ntwo\nthree\n' })
  })

  it('writes nothing but JSON where a build server reads, or where that is asked for', async () => {
    const port = String(await freePort())
    const command = [process.execPath, ECHO_BOT]
    const asked = await startCli({ args: ['sandbox', '--say', 'hi', '--json'], env: { PORT: port }, command })
    await expectOnlyJson(asked, 'You said: hi')
    const inBuild = await startCli({ args: ['sandbox'], env: { PORT: port, CI: 'woodpecker' }, command })
    inBuild.type('hi')
    inBuild.endInput()
    await expectOnlyJson(inBuild, 'You said: hi')
  })

  it.each([
    ['--no-json', ['--no-json'], { CI: '1' }],
    ['DEV_HOOK_JSON=false', [], { CI: '1', DEV_HOOK_JSON: 'false' }],
    ['CI=false', [], { CI: 'false' }],
    ['CI=0', [], { CI: '0' }],
  ])('writes text for people with %s', async (_, args, env) => {
    const cli = await startCli({
      args: ['sandbox', ...args],
      env: { PORT: String(await freePort()), ...env },
      command: [process.execPath, ECHO_BOT],
    })
    cli.type('hi')
    cli.endInput()
    expect(await cli.ended).toMatchObject({ code: 0, stdout: 'You said: hi\n' })
  })

  it.each([
    [['--say', ' '], 'say (from --say) is empty'],
    [['--say', 'hi', '--timeout', 'soon'], 'timeout soon (from --timeout) is not a duration such as 500ms, 15s or 2m'],
    [['--say', 'hi', '--timeout', '0s'], 'timeout 0s (from --timeout) leaves the bot no time to answer'],
  ])('refuses %j', async (args, message) => {
    const cli = await startCli({ args: ['sandbox', ...args] })
    const { code, stderr } = await cli.ended
    expect(stderr).toContain(`error: ${message} [DEVHOOK_USAGE]`)
    expect(code).toBe(2)
  })
})

async function expectOnlyJson(cli: Cli, answer: string): Promise<void> {
  const { code, stdout } = await cli.ended
  for (const line of stdout.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('type')
  expect(stdout).toContain(answer)
  expect(code).toBe(0)
}
