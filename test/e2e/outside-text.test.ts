import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { botFolder } from '../../src/daemon/account/bot-identity.ts'
import { identify } from '../../src/protocol/payload.ts'
import { startCli } from '../support/cli/cli.ts'
import { startTerminal } from '../support/cli/terminal.ts'
import { folderForTest } from '../support/folder.ts'
import { answered, delivery, openTestJournal } from '../support/journal/journal.ts'
import { EVERYTHING, expectHarmless } from '../support/outside-text.ts'
import { startScriptedApi } from '../support/platform/scripted-api.ts'
import { makeToken } from '../support/platform/tokens.ts'
import { worldForTest } from '../support/world.ts'

const BOT = 'b1'
const text = EVERYTHING.slice(0, 8_000)

/** Where everything that dev-hook reads was written by somebody who means harm. */
async function hostileWorld(record: unknown, status = 200) {
  const api = await startScriptedApi(() => ({ status, json: record }))
  onTestFinished(() => api.close())
  const home = await folderForTest()
  const env = {
    APIHOST: api.url,
    TOKEN: makeToken({ _id: BOT, scope: 'guest agent bot admin' }),
    XDG_STATE_HOME: home,
    NO_COLOR: '1',
    PORT: '9',
  }
  return {
    folder: botFolder(join(home, 'dev-hook'), api.url, BOT),
    run: async (args: readonly string[]) => {
      const { stdout, stderr } = await (await startCli({ args, env })).ended
      expect(stdout + stderr).not.toBe('')
      return { stdout, stderr }
    },
  }
}

const ESC = '\u001b'
/** What a question in a line is drawn with: where the cursor goes, and what is cleared. */
const DRAWN = new RegExp(`${ESC}\\[(?:\\d*G|0?J|\\?\\d+[hl])|\r`, 'g')

const bytes = Buffer.from(text, 'utf8').toString('latin1')

describe('Nothing that a stranger wrote acts on a terminal, or is a line of its own,', () => {
  it('in what is listed, shown, exported and replayed of a delivery', async () => {
    const { folder, run } = await hostileWorld({})
    const { journal } = await openTestJournal(folder)
    const said = { text, conversation: text }
    const given = delivery('d1', {
      search: `?${bytes}`,
      headers: ['X-Said', bytes, `X-${bytes}`, bytes],
      body: Buffer.from(JSON.stringify({ event: `message.create.${text}`, data: { message: said } })),
    })
    journal.record(given, { ...identify(given).label, ...said, event: text }, null)
    journal.recordAttempt('d1', 1, answered(500, text))
    journal.recordAttempt('d1', 2, { startedAt: 0, ms: 1, outcome: 'interrupted', reason: text })
    await journal.close()
    expect((await run(['events', '--json'])).stdout).toContain('"id":"d1"')
    for (const args of ['events', 'events show d1', 'events export d1 --as fixture', 'replay d1', 'events --last 1']) {
      for (const more of [[], ['--json']]) {
        const { stdout, stderr } = await run([...args.split(' '), ...more])
        expectHarmless(stdout)
        expectHarmless(stderr)
        if (more.length > 0)
          for (const line of stdout.split('\n').filter(Boolean))
            expect(() => JSON.parse(stdout.startsWith('{\n') ? stdout : line)).not.toThrow()
      }
    }
  })

  it.each([
    ['an error', 500, { error: { message: text } }],
    ['a refusal', 401, { message: text }],
    [
      'a record',
      200,
      {
        _id: BOT,
        name: text,
        [text]: text,
        webhook: { url: `https://a:b@${text}`, events: [text], status: text, secret: text },
      },
    ],
  ])('in %s of a hostile platform', async (_, status, record) => {
    const { run } = await hostileWorld(record, status)
    for (const args of [
      'status',
      'status --json',
      'doctor',
      'doctor --json',
      'doctor --dump-bot',
      'restore --verbose',
      '--verbose',
      '--json',
    ]) {
      const { stdout, stderr } = await run([...args.split(' '), '--hook', 'bot'])
      expectHarmless(stdout)
      expectHarmless(stderr)
    }
  })

  it('in a command line', async () => {
    const { run } = await hostileWorld({})
    for (const args of [
      [text],
      ['--events', text],
      ['--port', text],
      ['events', 'show', text],
      ['--profile', text],
      ['completion', text],
    ]) {
      const { stdout, stderr } = await run(args.map((word) => word.replaceAll('\0', '')))
      expectHarmless(stdout)
      expectHarmless(stderr)
    }
  })

  // What a process leaves running is found in /proc.
  it.runIf(process.platform === 'linux')('in the question about a webhook', async () => {
    // Spaces keep it from being a URL, and so from being encoded.
    const world = await worldForTest({ registered: { url: `https://evil ${text.slice(0, 300)} /`, events: [text] } })
    const run = await startTerminal({ args: ['--no-color'], columns: 400, env: world.env })
    await run.shows('[y/N] ')
    run.type('n\r')
    expect(await run.ended).toBe(7)
    const drawn = run.raw().replace(DRAWN, '')
    expectHarmless(drawn)
    expect(drawn).toContain('evil')
  })
})
