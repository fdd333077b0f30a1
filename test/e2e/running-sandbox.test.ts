// A sandbox that runs, found and spoken to by other commands.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Cli, type CliEnd, ECHO_BOT, startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { eventually } from '../support/wait.ts'
import { worldForTest } from '../support/world.ts'

/** A place in which sandboxes and other commands find each other, and what starts them there. */
async function placeForTest() {
  const place = await folderForTest()
  const env = { TMPDIR: place, TEMP: place, PORT: String(await freePort()) }
  const folder = async (name: string): Promise<string> => {
    await mkdir(join(place, name), { recursive: true })
    return join(place, name)
  }
  const sandbox = async (cwd: string, command = [process.execPath, ECHO_BOT]): Promise<Cli> => {
    const port = String(await freePort())
    const cli = await startCli({ args: ['sandbox', '--json'], env: { ...env, PORT: port }, cwd, command })
    await cli.notice('ready')
    return cli
  }
  const start = (cwd: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Cli> =>
    startCli({ args, env: { ...env, ...more }, cwd })
  const run = async (...given: Parameters<typeof start>): Promise<CliEnd> => (await start(...given)).ended
  return { folder, sandbox, start, run }
}

describe('dev-hook say', () => {
  it('speaks into a running sandbox, and prints the answer alone', async () => {
    const { folder, sandbox, run } = await placeForTest()
    const here = await folder('bot')
    await sandbox(here)
    expect(await run(here, ['say', 'hi there'])).toMatchObject({ code: 0, stdout: 'You said: hi there\n', stderr: '' })
    const { stdout } = await run(here, ['say', 'again', '--json'])
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { type: 'message', role: 'contact', name: 'Jenny', text: 'again' },
      { type: 'message', role: 'bot', text: 'You said: again' },
    ])
    const stranger = await run(here, ['say', 'hi', '--as', 'bob'])
    expect(stranger).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Jenny (contact), Alex Agent (agent)'),
    })
    expect(await run(here, ['say', '--press', 'FAQ'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing is offered'),
    })
    expect(await run(here, ['say', 'I am here', '--as', 'alex'])).toMatchObject({ code: 0, stdout: '' })
  })

  it.each([
    ['res.writeHead(500).end()', 'the bot answered the delivery with 500, and posted nothing'],
    [
      'res.socket.destroy()',
      'the connection to the bot broke before it had answered the delivery, and it posted nothing',
    ],
  ])('says what the bot itself has done, long before the time is over: %s', async (does, says) => {
    const { folder, sandbox, run } = await placeForTest()
    const here = await folder('bot')
    const bot = `require('http').createServer((_, res) => ${does}).listen(process.env.PORT)`
    await sandbox(here, [process.execPath, '-e', bot])
    const { code, stderr } = await run(here, ['say', 'hi there', '--timeout', '10m'])
    expect(code).toBe(1)
    expect(stderr).toContain(`Jenny got no reply: ${says}`)
  })

  it('gives what a bot says beside a delivery at which it fails', async () => {
    const { folder, sandbox, run } = await placeForTest()
    const here = await folder('bot')
    const post = `fetch(process.env.APIHOST + '/v2/conversations/' + data.conversation.id + '/messages', { method: 'POST',
      headers: { authorization: 'Bearer ' + process.env.TOKEN, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'chat', role: 'agent', text: 'hello' }) })`
    const bot = `require('http').createServer(async (req, res) => {
      const { data } = JSON.parse((await req.toArray()).join('') || '{}')
      res.writeHead(data?.message.role === 'contact' ? 500 : 200).end()
      if (data?.message.role === 'contact') await ${post}
    }).listen(process.env.PORT)`
    await sandbox(here, [process.execPath, '-e', bot])
    expect(await run(here, ['say', 'hi there'])).toMatchObject({ code: 0, stdout: 'hello\n' })
  })

  it('waits no longer for a bot that is not there than for one that has just been started', async () => {
    const { folder, start, run } = await placeForTest()
    const here = await folder('bot')
    const cli = await start(here, ['sandbox', '--json'])
    const { target } = await cli.notice('ready')
    const { code, stderr } = await run(here, ['say', 'hi there', '--timeout', '10m'])
    expect(code).toBe(1)
    expect(stderr).toContain(`Jenny got no reply: nothing listens on port ${new URL(target).port} [`)
    expect(stderr).toContain('start the bot')
  })

  it('says that a bot has crashed while it had the message by the code with which sandbox --say ends', async () => {
    const { folder, sandbox, start, run } = await placeForTest()
    const here = await folder('bot')
    const bot = `require('http').createServer((_, res) => process.exit(3)).listen(process.env.PORT)`
    const command = [process.execPath, '-e', bot]
    await sandbox(here, command)
    const said = await run(here, ['say', 'hi there', '--timeout', '10m'])
    const once = await start(await folder('once'), [
      'sandbox',
      '--say',
      'hi there',
      '--timeout',
      '10m',
      '--',
      ...command,
    ])
    for (const { code, stderr } of [said, await once.ended]) {
      expect(code).toBe(1)
      expect(stderr).toMatch(/the bot (?:has )?crashed \(exit code 3\).*\[DEVHOOK_BOT_CRASHED\]/)
    }
  })

  it('says at once that a bot has crashed, and that no sandbox runs when it was killed', async () => {
    const { folder, sandbox, run } = await placeForTest()
    const here = await folder('bot')
    const cli = await sandbox(here, [process.execPath, '-e', 'throw new Error("no")'])
    await cli.notice('bot', ({ state }) => state === 'crashed')
    expect(await run(here, ['say', 'hi'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the bot has crashed'),
    })
    cli.kill('SIGKILL')
    await cli.ended
    for (const args of [
      ['say', 'hi'],
      ['events', '--sandbox'],
    ])
      expect(await run(here, args)).toMatchObject({ code: 1, stderr: expect.stringContaining('no sandbox is running') })
  })
})

describe('A sandbox that runs', () => {
  it.skipIf(process.platform === 'win32')(
    'whose bot hangs lets go of whoever waits for it, who say what was cut short',
    async () => {
      const { folder, sandbox, start, run } = await placeForTest()
      const here = await folder('bot')
      const bot = `let held = 0
      require('http').createServer((_, res) => void (held++ < 2 ? res.end() : console.error('held'))).listen(process.env.PORT)`
      const cli = await sandbox(here, [process.execPath, '-e', bot])
      await run(here, ['trigger', 'chat', 'one'])
      await run(here, ['trigger', 'chat', 'two'])
      for (const [args, says] of [
        [['replay', '--last', '2'], 'ended after 0 of 2 [DEVHOOK_INTERRUPTED]'],
        [['say', 'hi'], 'error: ended before it was done [DEVHOOK_INTERRUPTED]'],
        [['trigger', 'chat', 'three', '--count', '2'], /1 of 2 sent in .*: 1 at the bot when it was ended/],
      ] as const) {
        const before = cli.errors().split('held').length
        const waiting = await start(here, args)
        await eventually(() => cli.errors().split('held').length > before)
        waiting.kill('SIGINT')
        expect(await waiting.ended).toMatchObject({
          code: 1,
          stderr: says instanceof RegExp ? expect.stringMatching(says) : expect.stringContaining(says),
        })
      }
    },
  )

  it('is what events, replay and status are about in its folder, and in others when it is the only one', async () => {
    const { folder, sandbox, run } = await placeForTest()
    const [here, other] = [await folder('bot'), await folder('other')]
    await sandbox(here)
    await run(here, ['say', 'hi there'])
    expect((await run(here, ['events', '--event', 'message.create.contact.chat'])).stdout).toMatch(
      /Jenny "hi there" 200 .*\n.*"You said: hi there" 200/,
    )
    expect((await run(other, ['events', '--last', '1'])).stderr).toMatch(
      /^· from the sandbox that runs in .*bot \(process \d+\)\n$/,
    )
    expect(await run(here, ['replay', '--last'])).toMatchObject({ code: 0, stdout: expect.stringContaining(' 200 ') })
    expect((await run(here, ['status'])).stdout).toMatch(/^sandbox {3}process \d+, in .*bot\nbot .*\(ready\)\n/)
    expect(JSON.parse((await run(other, ['status', '--json'])).stdout)).toMatchObject({
      emulated: true,
      sandbox: { cwd: here },
    })
    expect(await run(here, ['events', '--no-sandbox'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nothing has been recorded yet'),
    })
  })

  it('has its bot where an exported request goes, unless the command line says where that is', async () => {
    const { folder, sandbox, run } = await placeForTest()
    const here = await folder('bot')
    const { target } = await (await sandbox(here)).notice('ready')
    await run(here, ['say', 'hi there'])
    const exported = async (...args: string[]): Promise<string> =>
      (await run(here, ['events', 'export', '--last', '--as', 'http', ...args])).stdout
    expect(await exported()).toContain(`POST ${target}\n`)
    expect(await exported('--forward-to', '7777/hook')).toContain('POST http://localhost:7777/hook\n')
  })

  it('is followed to its end', async () => {
    const { folder, sandbox, start } = await placeForTest()
    const here = await folder('bot')
    const running = await sandbox(here)
    const following = await start(here, ['events', '--follow'])
    await (await start(here, ['say', 'hi there'])).ended
    await eventually(() => following.written().includes('hi there'))
    running.kill('SIGINT')
    expect((await following.ended).code).toBe(0)
  })

  it('is chosen by its folder, or by its process where several could be meant', async () => {
    const { folder, sandbox, run } = await placeForTest()
    const [one, two, other] = [await folder('one'), await folder('two'), await folder('other')]
    const [first, second] = [await sandbox(one), await sandbox(two)]
    await run(one, ['say', 'to the first'])
    expect((await run(one, ['events'])).stdout).toContain('to the first')
    expect((await run(two, ['events'])).stdout).toBe('')
    const unsure = await run(other, ['say', 'to whom?'])
    expect(unsure.code).toBe(2)
    for (const { pid } of [first, second]) expect(unsure.stderr).toContain(`--sandbox ${pid}  in `)
    expect((await run(other, ['events', '--sandbox', String(first.pid)])).stdout).toContain('to the first')
    expect(await run(other, ['events', '--sandbox', 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not the number'),
    })
  })

  it('stands back behind a real run of the bot, unless it is asked for', async () => {
    const world = await worldForTest()
    const { folder, sandbox, run } = await placeForTest()
    const here = await folder('bot')
    await sandbox(here)
    await run(here, ['say', 'in the sandbox'])
    const real = await world.start({ cwd: here })
    await real.notice('ready')
    const jenny = await world.platform.contact({ name: 'Jenny' })
    await jenny.say('on the platform', { timeoutMs: 20_000 })
    const env = { ...world.env, XDG_STATE_HOME: join(real.home, 'state') }
    expect((await run(here, ['events'], env)).stdout).toContain('on the platform')
    expect((await run(here, ['events', '--sandbox'], env)).stdout).toContain('in the sandbox')
  })
})

describe('dev-hook trigger', () => {
  it('is in the conversation of a running sandbox, so that the bot answers there', async () => {
    const { folder, sandbox, run } = await placeForTest()
    const cli = await sandbox(await folder('bot'))
    const elsewhere = await run(await folder('other'), ['trigger', 'chat', 'from beside'])
    expect(elsewhere.stdout).toMatch(/ message\.create\.contact\.chat Jenny "from beside" 200 \d/)
    expect(elsewhere).toMatchObject({ code: 0, stderr: expect.stringContaining('from the sandbox that runs in') })
    const { conversation } = await cli.notice('delivery', ({ text }) => text === 'from beside')
    expect(await cli.notice('message', ({ text }) => text === 'You said: from beside')).toMatchObject({ conversation })
    const never = await run(await folder('bot'), ['trigger', 'chat', '--no-sandbox'])
    expect(never).toMatchObject({ code: 1, stderr: expect.stringContaining('no dev-hook is running') })
  })
})
