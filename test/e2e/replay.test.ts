import { describe, expect, it } from 'vitest'
import { shortId } from '../../src/cli/screen/event-words.ts'
import { checkSignature } from '../../src/protocol/signature.ts'
import { startRecordingBot } from '../support/bot/recording-bot.js'
import { type CliEnd, startCli } from '../support/cli/cli.ts'
import { editorOf } from '../support/editor.ts'
import { recordingBotForTest } from '../support/platform/sandboxes.ts'
import { eventually } from '../support/wait.ts'
import { type WorldWithBot, worldWithBotForTest } from '../support/world-with-bot.ts'

const objects = ({ stdout }: CliEnd): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

const lines = ({ stdout }: CliEnd): string[] => stdout.split('\n').filter((line) => line !== '')

/** Says something to the bot of a run, and gives the id of its delivery once the bot has answered. */
async function started({ world, start }: WorldWithBot) {
  const cli = await start()
  await cli.notice('ready')
  const jenny = await world.platform.contact({ name: 'Jenny' })
  const say = async (text: string): Promise<string> => {
    jenny.send(text)
    const { id } = await cli.notice('delivery', (notice) => notice.text === text)
    await cli.notice('attempt', (notice) => notice.id === id)
    return id
  }
  const end = async (): Promise<CliEnd> => {
    cli.kill('SIGINT')
    return cli.ended
  }
  return { cli, say, end }
}

describe('dev-hook replay beside a run', () => {
  it('is done by the run: the same bytes, a further attempt, and no delivery of the platform', async () => {
    const recorded = await worldWithBotForTest()
    const { bot, run } = recorded
    const { cli, say, end } = await started(recorded)
    const id = await say('hi')
    const again = await run(['replay', id.slice(0, -1)])
    expect(again.stdout).toMatch(
      new RegExp(`^${shortId(id)} message\\.create\\.contact\\.chat Jenny "hi" 200 \\d+ms\\n$`),
    )
    expect(again.code).toBe(0)
    expect(await cli.notice('replay')).toMatchObject({ id, text: 'hi', edited: false })
    expect(await cli.notice('attempt', ({ n }) => n === 2)).toMatchObject({ id, outcome: 'answered', status: 200 })
    const [first, second] = await bot.waitFor(2)
    const withoutLength = (headers: readonly string[] = []): string => headers.join('\n')
    expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true)
    expect(withoutLength(second?.rawHeaders)).toBe(withoutLength(first?.rawHeaders))
    await end()
    expect(await cli.notice('stopped')).toMatchObject({ deliveries: 1, delivered: 1, held: 0, undelivered: 0 })
    expect(objects(await run(['events', '--json']))).toMatchObject([{ id, attempts: 2, settled: 'delivered' }])
  })

  it('waits for a bot that is away, and is taken back by Ctrl-C', async () => {
    const recorded = await worldWithBotForTest()
    const { world, bot, env, run } = recorded
    const { cli, say, end } = await started(recorded)
    const id = await say('hi')
    await bot.close()
    const leaving = await startCli({ args: ['replay', id], env })
    await cli.notice('held', (notice) => notice.id === id)
    leaving.kill('SIGINT')
    expect((await leaving.ended).code).toBe(1)

    const waiting = await startCli({ args: ['replay', id], env })
    await eventually(() => cli.notices.filter(({ type }) => type === 'replay').length === 2)
    const back = await recordingBotForTest({ port: world.port })
    expect((await waiting.ended).code).toBe(0)
    expect(back.deliveries()).toHaveLength(1)
    await end()
    expect(objects(await run(['events', '--json']))).toMatchObject([{ id, settled: 'delivered' }])
    expect(await cli.notice('stopped')).toMatchObject({ deliveries: 1, delivered: 1, held: 0 })
  })

  it('means the last, the failed, a conversation; its exit code says whether the bot took them all', async () => {
    const recorded = await worldWithBotForTest()
    const { bot, run } = recorded
    const { say } = await started(recorded)
    const good = await say('good')
    bot.answerWith({ status: 500 })
    const bad = await say('bad')
    bot.answerWith('drop')
    const broken = await say('broken')
    bot.answerWith({ status: 503 })

    const failing = await run(['replay', '--failed', '--json'])
    expect(failing.code).toBe(1)
    expect(objects(failing)).toMatchObject([
      { type: 'attempt', id: bad, n: 2, outcome: 'answered', status: 503 },
      { type: 'attempt', id: broken, n: 2, outcome: 'answered', status: 503 },
    ])
    bot.answerWith({})
    const mended = await run(['replay', '--failed'])
    expect(mended.code).toBe(0)
    expect(lines(mended).map((line) => line.split(' ')[0])).toEqual([bad, broken].map(shortId))
    const none = await run(['replay', '--failed'])
    expect(none.code).toBe(1)
    expect(none.stderr).toContain('no recorded delivery matches')

    const last = await run(['replay', '--last', '2'])
    expect(lines(last).map((line) => line.split(' ')[0])).toEqual([bad, broken].map(shortId))
    const [{ conversation } = { conversation: '' }] = objects(await run(['events', '--json']))
    const all = await run(['replay', '--conversation', String(conversation)])
    expect(lines(all).map((line) => line.split(' ')[0])).toEqual([good, bad, broken].map(shortId))
  })

  it.skipIf(process.platform === 'win32')('sends what the editor made of the body, signed anew', async () => {
    const recorded = await worldWithBotForTest()
    const { world, bot, run } = recorded
    const { cli, say } = await started(recorded)
    const id = await say('hi')
    const edit = (script: string) => async (): Promise<CliEnd> =>
      run(['replay', '--last', '--edit'], { EDITOR: await editorOf(script) })

    expect((await edit('sed -i.bak \'s/"text": "hi"/"text": "bye"/\' "$1"')()).code).toBe(0)
    const [first, second] = await bot.waitFor(2)
    const sent = second?.body ?? Buffer.alloc(0)
    expect(sent.toString()).toBe(first?.body.toString().replace('"text":"hi"', '"text":"bye"'))
    expect(checkSignature(second?.rawHeaders ?? [], sent, world.platform.secret() ?? '')).toBe('right')
    expect(await cli.notice('replay')).toMatchObject({ of: id, text: 'bye', edited: true })
    // What was sent is kept as a delivery of its own, and shown.
    const [original, copy] = objects(await run(['events', '--json']))
    expect(original).toMatchObject({ id, text: 'hi', attempts: 1, replays: 0 })
    expect(copy).toMatchObject({ editOf: id, text: 'bye', settled: 'delivered', replays: 1 })
    expect((await run(['events', 'show', '--last'])).stdout).toContain('"text": "bye"')

    expect((await edit('true')()).code).toBe(0)
    const third = (await bot.waitFor(3))[2]
    expect(third?.body.equals(sent)).toBe(true)

    for (const script of ['exit 1', ': > "$1"', 'echo "{" > "$1"']) {
      const { code, stdout, stderr } = await edit(script)()
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain('DEVHOOK_EDIT_FAILED')
    }
    expect(bot.deliveries()).toHaveLength(3)
  })
})

describe('dev-hook replay without a run', () => {
  it('forwards by itself, and records it', async () => {
    const recorded = await worldWithBotForTest()
    const { bot, run } = recorded
    const { say, end } = await started(recorded)
    const good = await say('good')
    bot.answerWith('drop')
    const broken = await say('broken')
    bot.answerWith({ status: 202 })
    await end()

    expect(await run(['replay', '--failed'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${shortId(broken)} `),
    })
    const [, second, third] = await bot.waitFor(3)
    expect(third?.body.equals(second?.body ?? Buffer.alloc(0))).toBe(true)
    expect(objects(await run(['events', '--json']))).toMatchObject([
      { id: good, attempts: 1, status: 200 },
      { id: broken, attempts: 2, status: 202, settled: 'delivered' },
    ])
  })

  it('says when the bot is not there', async () => {
    const recorded = await worldWithBotForTest()
    const { bot, run, world } = recorded
    const { say, end } = await started(recorded)
    const id = await say('hi')
    await end()
    await bot.close()
    const ended = await run(['replay', id])
    expect(ended.code).toBe(1)
    expect(ended.stdout).toMatch(new RegExp(`^${shortId(id)} message.create.contact.chat Jenny "hi" refused `))
    const back = await startRecordingBot({ port: world.port })
    expect((await run(['replay', id])).code).toBe(0)
    await back.close()
  })

  it('asks for what it needs to know', async () => {
    const { run } = await worldWithBotForTest()
    for (const [args, code, says] of [
      [[], 2, 'say which deliveries'],
      [['abc', '--last'], 2, 'not both'],
      [['--last', 'two'], 2, '`two` (from --last) is not'],
      [['--last'], 1, 'no recorded delivery matches'],
      [['abc'], 1, 'no delivery abc is recorded'],
    ] as const) {
      const ended = await run(['replay', ...args])
      expect(ended.stderr).toContain(says)
      expect(ended.code).toBe(code)
    }
  })
})
