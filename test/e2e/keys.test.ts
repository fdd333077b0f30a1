// A person who chooses, reads, replays and edits deliveries at the terminal of a run, with a real bot and the sandbox as platform.
import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkSignature } from '../../src/protocol/signature.ts'
import { CTRL_C, CTRL_Z, ENTER, startTerminal, type TestTerminal } from '../support/cli/terminal.ts'
import { editorOf } from '../support/editor.ts'
import { folderForTest } from '../support/folder.ts'
import { expectNothingLeft, registrationOf } from '../support/leftovers.ts'
import { HOSTILE } from '../support/outside-text.ts'
import { recordingBotForTest } from '../support/platform/sandboxes.ts'
import { eventually } from '../support/wait.ts'
import { worldForTest } from '../support/world.ts'

const TALKS = fileURLToPath(new URL('../support/bot/programs/talks.js', import.meta.url))
const [UP, DOWN, RIGHT, ESC] = ['\u001b[A', '\u001b[B', '\u001b[C', '\u001b']
const [PASTE_ON, PASTE_OFF] = ['\u001b[?2004h', '\u001b[?2004l']

interface RunOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly columns?: number
  readonly inShell?: boolean
  /** Default: a recording bot that somebody else runs. */
  readonly command?: readonly string[]
}

/** A run at a terminal, ready, with a contact who can say something. */
async function runForTest({ args = [], env = {}, columns = 100, inShell = false, command }: RunOptions = {}) {
  const world = await worldForTest()
  const before = registrationOf(world)
  const bot = command === undefined ? await recordingBotForTest({ port: world.port }) : null
  const started = command === undefined ? [] : ['--', ...command]
  const terminal = await startTerminal({
    args: ['--take-over', '--no-watch', ...args, ...started],
    env: { ...world.env, ...env },
    columns,
    inShell,
  })
  await terminal.shows(/Ready in|"type":"ready"/)
  const jenny = await world.platform.contact({ name: 'Jenny' })
  return {
    ...terminal,
    world,
    before,
    bot,
    /** Says something, and waits until the line of its delivery is shown. */
    say: async (text: string): Promise<void> => {
      jenny.send(text)
      await terminal.shows(`"${text}" 200`)
    },
    send: (text: string) => jenny.send(text),
    /** What stands on the terminal now, from its last `count` lines. */
    lines: async (count: number): Promise<readonly string[]> => {
      const lines = await terminal.screen()
      return lines.filter((line) => line !== '').slice(-count)
    },
  }
}

const textsOf = (bodies: readonly { readonly body: Buffer }[]): readonly string[] =>
  bodies.map(({ body }) => JSON.parse(String(body)).data.message.text)

/** What was written, without those sequences of ESC that are of this kind. */
const without = (raw: string, sequence: RegExp): string =>
  raw
    .split('\u001b')
    .map((part, i) => (i === 0 ? part : sequence.test(part) ? part.replace(sequence, '') : `\u001b${part}`))
    .join('')

/** Presses a key, and waits until this is shown. */
async function pressUntil(terminal: TestTerminal, key: string, what: string): Promise<void> {
  terminal.type(key)
  await terminal.shows(what)
}

describe.runIf(process.platform === 'linux')('The keys of a run', () => {
  it('choose a delivery, show it, and replay it, while others come', async () => {
    const run = await runForTest()
    await run.say('one')
    await run.say('two')
    await run.shows('↑↓ choose  r replay  e edit')
    await pressUntil(run, UP, '── deliveries 1–2 of 2')
    expect((await run.lines(4)).map((line) => line.replace(/\d\d:\d\d:\d\d \w+|\d+ms/g, '…'))).toEqual([
      expect.stringMatching(/^── deliveries 1–2 of 2 ─+$/),
      '  … message.create.contact.chat Jenny "one" 200 …',
      '› … message.create.contact.chat Jenny "two" 200 …',
      ' ↑↓ choose  Enter details  Esc back  r replay  e edit  o page  p pause  ? help  q quit',
    ])
    run.type(UP)
    await run.shows(/› \S+ \w+ message\.create\.contact\.chat Jenny "one"/)
    await run.say('three')
    await run.shows('── deliveries 1–3 of 3')
    expect((await run.lines(4))[0]).toMatch(/^› .* "one"/)
    run.type('r')
    await run.shows(/↻ .* "one" 200/)
    expect(textsOf((await run.bot?.waitFor(4)) ?? [])).toEqual(['one', 'two', 'three', 'one'])
    run.type(ENTER)
    await run.shows(/── \w+ 1–\d+ of \d+ lines/)
    await run.shows('signature    right')
    run.type(RIGHT)
    await run.shows(/\w{16} {2}message\.create\.contact\.chat Jenny "two" 200/)
    run.type(ESC)
    await run.shows('Enter details')
    expect((await run.lines(5)).filter((line) => line.startsWith('›'))).toEqual([expect.stringContaining('"two"')])
    run.type(DOWN)
    await run.shows(/› .* "three"/)
    run.type(ESC)
    await eventually(async () => (await run.lines(1))[0]?.startsWith(' ↑↓ choose  r replay') === true)
    run.type('q')
    expect(await run.ended).toBe(0)
    expect((await run.lines(1))[0]).toBe('3 deliveries, 0 held, 0 lost, webhook restored')
    await expectNothingLeft(run.world, run, run.before)
  })

  it('print a delivery that is shown, with what the bot said meanwhile, and replay the last one', async () => {
    const run = await runForTest({ command: [process.execPath, TALKS] })
    run.send('chatter')
    await run.shows('"You said: chatter" 200')
    await pressUntil(run, '\u001b[H', '── deliveries')
    run.type(ENTER)
    await run.shows('Enter print')
    run.type(ENTER)
    await run.shows('the bot printed meanwhile')
    await run.shows('    line 0')
    // Together they would be another key: Alt and b.
    run.type(ESC)
    await eventually(async () => (await run.lines(1))[0]?.includes('Esc') === false)
    await pressUntil(run, 'b', 'bot restarting (asked for)')
    run.type('q')
    expect(await run.ended).toBe(0)
    expect((await run.lines(200)).filter((line) => line === '    line 0')).toHaveLength(1)
  })

  it('let a delivery be edited, signed again, while the terminal is the editor’s', async () => {
    const folder = await folderForTest()
    const [opened, go] = [join(folder, 'opened'), join(folder, 'go')]
    const editor = await editorOf(
      `trap '' INT; echo "the editor"; : > ${opened}; until [ -f ${go} ]; do sleep 0.05; done; sed -i 's/"one"/"edited"/' "$1"`,
    )
    const run = await runForTest({ env: { EDITOR: editor } })
    await run.say('one')
    await pressUntil(run, 'e', 'the editor')
    await eventually(() =>
      access(opened).then(
        () => true,
        () => false,
      ),
    )
    // It is a key of the editor, and ends no run.
    run.type(CTRL_C)
    run.send('meanwhile')
    await run.bot?.waitFor(2)
    expect(run.shown()).not.toContain('"meanwhile"')
    await writeFile(go, '')
    await run.shows('"meanwhile" 200')
    await run.shows(/↻ .* "edited" 200/)
    const sent = (await run.bot?.waitFor(3)) ?? []
    expect(textsOf(sent)).toEqual(['one', 'meanwhile', 'edited'])
    const edited = sent.at(-1)
    const secret = run.world.platform.secret() ?? ''
    expect(checkSignature(edited?.rawHeaders ?? [], edited?.body ?? Buffer.alloc(0), secret)).toBe('right')
    await pressUntil(run, 'q', 'webhook restored')
    expect(await run.ended).toBe(0)
  })

  it.each([
    ['without an editor', '/no/such/editor', 'the editor `/no/such/editor` was not found, so nothing was sent'],
    ['with one that changes nothing', 'true', 'nothing was changed, so nothing was sent'],
    ['with one that fails', 'false', 'the editor (false) ended with 1, so nothing was sent'],
  ])('send nothing %s, and say why', async (_, editor, says) => {
    const run = await runForTest({ env: { VISUAL: editor } })
    await run.say('one')
    await pressUntil(run, 'e', says)
    await run.shows('q quit')
    run.type('q')
    expect(await run.ended).toBe(0)
    expect(run.bot?.deliveries()).toHaveLength(1)
  })

  it.each([
    ['Ctrl-C', (run: TestTerminal) => run.type(CTRL_C)],
    ['SIGTERM', (run: TestTerminal) => run.kill('SIGTERM')],
    ['SIGHUP', (run: TestTerminal) => run.kill('SIGHUP')],
  ])('leave nothing behind at an end by %s in the middle of a list', async (_, end) => {
    const run = await runForTest()
    await run.say('one')
    await pressUntil(run, UP, '── deliveries')
    end(run)
    expect(await run.ended).toBe(0)
    const screen = await run.lines(200)
    expect(screen.at(-1)).toMatch(/^1 delivery, 0 held/)
    expect(screen.filter((line) => /── deliveries|^›|Enter details/.test(line))).toEqual([])
    expect(run.raw().lastIndexOf(PASTE_OFF)).toBeGreaterThan(run.raw().lastIndexOf(PASTE_ON))
    expect(run.raw().lastIndexOf('\u001b[?7h')).toBeGreaterThan(run.raw().lastIndexOf('\u001b[?7l'))
    expect(run.raw()).not.toMatch(/\[\?(?:25l|1049h)/)
    await expectNothingLeft(run.world, run, run.before)
  })

  it('give the terminal back when the run is stopped, and show the list again when it goes on', async () => {
    const run = await runForTest({ inShell: true })
    await run.say('one')
    await pressUntil(run, UP, '── deliveries')
    run.type(CTRL_Z)
    await run.shows('Stopped')
    run.type('stty -a\r')
    await run.shows(/[^-]icanon[\s\S]*[^-]echo /)
    run.type('fg\r')
    await run.shows('── deliveries 1–1 of 1')
    run.type('q')
    await run.shows(/webhook restored\s+bash/)
    run.type('exit\r')
    expect(await run.ended).toBe(0)
  })

  it.each([
    ['TERM=dumb', { env: { TERM: 'dumb' } }],
    ['NO_COLOR and TERM=dumb', { env: { TERM: 'dumb', NO_COLOR: '1' } }],
    ['--json', { args: ['--json'] }],
  ])('draw nothing with %s, and do what needs no list', async (_, options) => {
    const run = await runForTest(options)
    run.send('one')
    await run.bot?.waitFor(1)
    await eventually(() => run.shown().includes('"attempt"') || run.shown().includes('"one" 200'))
    await pressUntil(run, '?', 'replay the chosen delivery, or the last one')
    run.type('r')
    expect(textsOf((await run.bot?.waitFor(2)) ?? [])).toEqual(['one', 'one'])
    run.type('q')
    expect(await run.ended).toBe(0)
    // Colours are no picture.
    expect(without(run.raw(), /^\[[\d;]*m/)).not.toContain('\u001b')
    expect(run.shown()).not.toMatch(/──|choose {2}/)
  })

  it('show no line with --quiet until a delivery is chosen', async () => {
    const world = await worldForTest()
    const bot = await recordingBotForTest({ port: world.port })
    const run = await startTerminal({ args: ['--take-over', '--quiet'], env: world.env })
    const jenny = await world.platform.contact({ name: 'Jenny' })
    // Nothing says that it is ready.
    await eventually(() => {
      if (bot.deliveries().length === 0) jenny.send('one')
      return bot.deliveries().length > 0
    })
    expect(run.shown()).not.toContain('help')
    // It listens to keys from here on. One at a time: several at once are taken for something pasted.
    await eventually(() => run.raw().includes(PASTE_ON))
    await pressUntil(run, UP, '── deliveries')
    await pressUntil(run, 'q', '0 lost, webhook restored')
    expect(await run.ended).toBe(0)
  })

  it('are harmless whatever comes, and fit a terminal that becomes narrow', async () => {
    const run = await runForTest({ env: { NO_COLOR: '1' } })
    const nasty = Object.values(HOSTILE).join(' ').slice(0, 5_000)
    run.send(`${nasty} ${'x'.repeat(20_000)}`)
    await run.bot?.waitFor(1)
    await run.say('after')
    await pressUntil(run, `${UP}`, '── deliveries')
    run.type(UP)
    run.type(ENTER)
    await run.shows('Enter print')
    run.resize(40)
    await run.shows(/── \w+ 1–\d+ of \d+ lines ─*\s/)
    run.resize(20)
    await run.shows('Esc back  ? help')
    run.type(ENTER)
    await run.shows('── deliveries')
    await pressUntil(run, 'q', 'webhook')
    expect(await run.ended).toBe(0)
    const drawn = without(run.raw(), /^\[(?:\d*A|J|0m|\?7[hl]|\?2026[hl]|\?2004[hl])/)
    expect(drawn.match(/(?![\r\n])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu)).toBeNull()
  })
})
