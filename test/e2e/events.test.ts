import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { shortId } from '../../src/cli/screen/event-words.ts'
import { checkSignature } from '../../src/protocol/signature.ts'
import { MAIN } from '../support/built.ts'
import { startCli } from '../support/cli/cli.ts'
import { type WorldWithBot, worldWithBotForTest } from '../support/world-with-bot.ts'

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')
const objects = (text: string): Record<string, unknown>[] => lines(text).map((line) => JSON.parse(line))

/** A run in which a contact said `hi`, which the bot took, and `oh no`, which it did not. */
async function runWithTwo(): Promise<WorldWithBot & { readonly ids: readonly string[]; end(): Promise<void> }> {
  const recorded = await worldWithBotForTest()
  const { world, bot } = recorded
  const cli = await recorded.start()
  await cli.notice('ready')
  const jenny = await world.platform.contact({ name: 'Jenny' })
  bot.answerWith({ headers: { 'content-type': 'application/json' }, body: '{"token":"s3cret-of-the-bot"}' })
  jenny.send('hi')
  const first = await cli.notice('attempt', ({ status }) => status === 200)
  bot.answerWith({ status: 500, body: 'oops' })
  jenny.send('oh no')
  const second = await cli.notice('attempt', ({ status }) => status === 500)
  bot.answerWith({})
  const end = async (): Promise<void> => {
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
  }
  return { ...recorded, ids: [first.id, second.id], end }
}

describe('dev-hook events', () => {
  it('lists what was recorded, newest last, with a run and without one', async () => {
    const { run, ids, end } = await runWithTwo()
    const [first = '', second = ''] = ids
    for (const isRunning of [true, false]) {
      if (!isRunning) await end()
      const { code, stdout, stderr } = await run(['events'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const [one, two, ...more] = lines(stdout)
      expect(one).toMatch(new RegExp(`${shortId(first)} message.create.contact.chat Jenny "hi" 200 \\d+ms$`))
      expect(two).toMatch(new RegExp(`${shortId(second)} message.create.contact.chat Jenny "oh no" 500 \\d+ms$`))
      expect(more).toEqual([])
    }
    const json = objects((await run(['events', '--json'])).stdout)
    expect(json).toMatchObject([
      { type: 'delivery', id: first, text: 'hi', outcome: 'answered', status: 200, settled: 'delivered', attempts: 1 },
      { type: 'delivery', id: second, text: 'oh no', status: 500 },
    ])
    expect(Object.keys(json[0] ?? {}).slice(0, 2)).toEqual(['type', 'time'])
  })

  it('lists what fits, and needs neither network nor token for that', async () => {
    const { world, run, env, ids, end } = await runWithTwo()
    await end()
    const [first = '', second = ''] = ids
    const offline = { TOKEN: '', REFRESH_TOKEN: '', APIHOST: '', XDG_STATE_HOME: env['XDG_STATE_HOME'] ?? '' }
    const listed = async (...args: string[]): Promise<string> =>
      objects((await run(['events', '--json', ...args], offline)).stdout)
        .map(({ id }) => id)
        .join(' ')
    expect(await listed('--outcome', 'failed')).toBe(second)
    expect(await listed('--event', 'message.create.contact.*', '--last', '1')).toBe(second)
    expect(await listed('--event', 'message.update')).toBe('')
    expect(await listed('--since', '10m', '--conversation', 'none')).toBe('')
    expect(await listed('--until', '10m')).toBe('')
    expect(await listed('--since', '10m')).toBe(`${first} ${second}`)
    expect((await run(['events', '--bot', 'another'], offline)).stderr).toContain('no recorded delivery matches')
    expect(world.platform.calls.length).toBeGreaterThan(0)
  })

  it('shows one whole, by the beginning of its id, without secrets', async () => {
    const { run, ids, world } = await runWithTwo()
    const [first = ''] = ids
    const text = (await run(['events', 'show', first.slice(0, -2)])).stdout
    expect(text).toContain('"text": "hi"')
    expect(text).toMatch(/attempt 1 .* answered 200/)
    expect(text).toContain('"token": "[redacted]"')
    const json = (await run(['events', 'show', first, '--json'])).stdout
    expect(objects(json)).toMatchObject([
      {
        id: first,
        method: 'POST',
        encoding: 'utf8',
        attempts: [{ n: 1, outcome: 'answered', status: 200, cut: false }],
      },
    ])
    for (const secret of ['s3cret-of-the-bot', world.platform.token]) expect(text + json).not.toContain(secret)
  })

  it('says what it does not know', async () => {
    const { run, ids } = await runWithTwo()
    const common = (ids[0] ?? '').slice(0, 3)
    for (const [args, code, says] of [
      [['show', 'zz'], 1, 'no delivery zz is recorded'],
      [['show', common], 2, `several ids begin with \`${common}\``],
      [['show'], 2, 'takes the id of a delivery'],
      [['export', ids[0] ?? ''], 2, 'curl, http, fixture'],
      [['export', ids[0] ?? '', '--as', 'word'], 2, 'curl, http, fixture'],
      [['delete', ids[0] ?? ''], 2, 'neither show nor export'],
      [['--last', 'many'], 2, '`many` (from --last) is not'],
    ] as const) {
      const ended = await run(['events', ...args])
      expect(ended.stderr).toContain(says)
      expect(ended.code).toBe(code)
    }
  })

  it('follows what comes, and what becomes of it, until it is ended', async () => {
    const { world, bot, env, ids } = await runWithTwo()
    const follower = await startCli({ args: ['events', '--follow', '--json', '--last', '1'], env })
    const old = await follower.notice('delivery')
    expect(old.id).toBe(ids[1])
    bot.answerWith({ status: 418 })
    const jack = await world.platform.contact({ name: 'Jack' })
    jack.send('teapot?')
    const fresh = await follower.notice('delivery', ({ text }) => text === 'teapot?')
    expect(fresh).toMatchObject({ outcome: 'answered', status: 418 })
    follower.kill('SIGINT')
    expect((await follower.ended).code).toBe(0)
  })

  it.skipIf(process.platform === 'win32')('exports a command that sends the same bytes, rightly signed', async () => {
    const { world, bot, run, ids } = await runWithTwo()
    const [original] = await bot.waitFor(1)
    const { stdout } = await run(['events', 'export', ids[0] ?? '', '--as', 'curl'])
    const answer = await promisify(execFile)('sh', ['-c', stdout])
    expect(answer.stdout).toContain('HTTP/1.1 200')
    const got = (await bot.waitFor(3))[2]
    expect(got?.body.equals(original?.body ?? Buffer.alloc(0))).toBe(true)
    const secret = world.platform.secret() ?? ''
    expect(checkSignature(got?.rawHeaders ?? [], got?.body ?? Buffer.alloc(0), secret)).toBe('right')

    const fixture = JSON.parse((await run(['events', 'export', ids[0] ?? '', '--as', 'fixture'])).stdout)
    expect(Buffer.from(fixture.body, fixture.encoding).equals(original?.body ?? Buffer.alloc(0))).toBe(true)
    const http = (await run(['events', 'export', ids[0] ?? '', '--as', 'http'])).stdout
    expect(http).toContain(`POST http://localhost:${world.port}/`)
    expect(http.trimEnd().endsWith(original?.body.toString() ?? '?')).toBe(true)
  })

  it.skipIf(process.platform === 'win32')('ends with the next line when nobody reads any more', async () => {
    const { world, bot, env } = await runWithTwo()
    const command = `"${process.execPath}" "${MAIN}" events --follow --last 1 | head -1`
    const following = promisify(execFile)('sh', ['-c', command], { env: { ...process.env, ...env } })
    let ended = false
    void following.finally(() => {
      ended = true
    })
    const jack = await world.platform.contact({ name: 'Jack' })
    // Until one comes after `head` has gone.
    for (let said = 3; !ended; said += 1) {
      jack.send('still there?')
      await bot.waitFor(said)
    }
    expect(lines((await following).stdout)).toHaveLength(1)
  })
})
