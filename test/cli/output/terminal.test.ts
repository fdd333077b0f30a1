import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createTerminal, type TerminalOptions } from '../../../src/cli/output/terminal.ts'
import { widthOf } from '../../../src/cli/screen/text-width.ts'
import { createNotices, type Emit, type NoticeBody } from '../../../src/core/notices.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

type Printing = Partial<Omit<TerminalOptions, 'write' | 'columns'>> & { readonly columns?: number }

/** A terminal that keeps its lines. */
function open({ columns = Number.POSITIVE_INFINITY, ...options }: Printing = {}): {
  readonly lines: readonly string[]
  readonly emit: Emit
} {
  const lines: string[] = []
  const notices = createNotices(() => Date.parse('2026-01-02T12:04:31'))
  const usual = { color: false, quiet: false, verbose: false, columns: () => columns }
  notices.on(createTerminal({ write: (line) => lines.push(line), ...usual, ...options }))
  return { lines, emit: notices.emit }
}

function print(bodies: readonly NoticeBody[], options: Printing = {}): readonly string[] {
  const { lines, emit } = open(options)
  bodies.forEach(emit)
  return lines
}

const delivery: NoticeBody = {
  type: 'delivery',
  id: 'mb3k2x7q1d3fa9c2',
  event: 'message.create.contact.chat',
  conversation: 'c1',
  text: 'hi there',
  from: 'Jenny',
  bytes: 100,
}
const answered: NoticeBody = { type: 'attempt', id: 'mb3k2x7q1d3fa9c2', n: 1, outcome: 'answered', status: 200, ms: 45 }

const stopped: NoticeBody & { readonly type: 'stopped' } = {
  type: 'stopped',
  deliveries: 37,
  delivered: 37,
  held: 7,
  longestHoldMs: 1_900,
  undelivered: 0,
  interrupted: 0,
  unrouted: 0,
  passed: 0,
  ignored: 0,
  restored: 'restored',
  failure: null,
}

const ready: NoticeBody & { readonly type: 'ready' } = {
  type: 'ready',
  url: 'https://x.ngrok.app/',
  target: 'http://127.0.0.1:3000/',
  inspector: null,
  tokenFile: null,
  api: 'https://api.web1on1.chat',
  kind: 'bot',
  before: { url: 'https://bots.example.com/hook', events: null, status: 'active' },
  events: ['message.create.*'],
  steps: [
    { name: 'state', ms: 2.4 },
    { name: 'tunnel', ms: 130 },
  ],
  pid: 1,
}

describe('The terminal', () => {
  it('says who forwards the public URL, and that the port has to be public', () => {
    const url = 'https://octo-cat-4748.app.github.dev'
    const forwarded = { by: 'GitHub Codespaces', port: 4748 }
    expect(print([{ type: 'tunnel', state: 'opening', url, forwarded }])).toEqual([
      `12:04:31 no tunnel is set up: GitHub Codespaces forwards ${url} to port 4748, which has to be public`,
    ])
    expect(print([{ type: 'tunnel', state: 'opening', url: null }])).toEqual([])
  })

  it('prints one line per delivery', () => {
    expect(print([delivery, answered])).toEqual([
      '12:04:31 3fa9c2 ← message.create.contact.chat Jenny "hi there" 200 45ms',
    ])
  })

  it('says what the platform was told where that is not what the bot said', () => {
    const failed: NoticeBody = { ...answered, status: 404, told: 200 }
    expect(print([delivery, failed])[0]).toContain(' 404 45ms (platform was told 200)')
  })

  it('counts apart what the bot had no route for', () => {
    const [line] = print([ready, { ...stopped, unrouted: 3 }]).slice(-1)
    expect(line).toContain(', 0 lost, 3 answered 404 or 405 (see `--path`), webhook restored')
  })

  it('says how many more were refused than are announced', () => {
    const rejected = { type: 'rejected', id: 'x', reason: 'malformed', status: 400, detail: 'no HTTP' } as const
    expect(print([{ ...rejected, more: 7 }])[0]).toContain('rejected 400 no HTTP, and 7 more like it')
  })

  it('marks a replay, and prints it each time', () => {
    const replay: NoticeBody = { ...delivery, type: 'replay', edited: false }
    expect(print([delivery, answered, replay, { ...answered, n: 2 }])).toEqual([
      '12:04:31 3fa9c2 ← message.create.contact.chat Jenny "hi there" 200 45ms',
      '12:04:31 3fa9c2 ↻ message.create.contact.chat Jenny "hi there" 200 45ms',
    ])
  })

  it('tells what the bot itself has said from what others have', () => {
    const own: NoticeBody = { ...delivery, from: 'Echo', own: true }
    expect(print([own, answered])).toEqual([
      '12:04:31 3fa9c2 ↩ message.create.contact.chat this bot "hi there" 200 45ms',
    ])
  })

  it('says nothing of a hold that is over at once, nor after the end', async () => {
    const clock = createFakeClock()
    const { lines, emit } = open({ clock })
    const held: NoticeBody = { type: 'held', id: 'mb3k2x7q1d3fa9c2', reason: 'behind its conversation' }
    emit(delivery)
    emit(held)
    await clock.pass(40)
    emit({ type: 'released', id: 'mb3k2x7q1d3fa9c2', ms: 40 })
    emit(answered)
    await clock.pass(1_000)
    expect(lines).toEqual(['12:04:31 3fa9c2 ← message.create.contact.chat Jenny "hi there" 200 45ms'])
    emit(delivery)
    emit(held)
    emit(stopped)
    await clock.pass(1_000)
    expect(lines).toHaveLength(1)
    expect(clock.timers()).toBe(0)
  })

  const long = '今日は、予約を変更したいのですが、お願いできますか？👨‍👩‍👧 thank you'

  it.each([
    [100, '12:04:31 3fa9c2 ← message.create.contact.chat Jenny "今日は、予約を変更したいのですが、お…" 200 45ms'],
    [80, '12:04:31 3fa9c2 ← contact.chat Jenny "今日は、予約を変更したいのです…" 200 45ms'],
    [72, '12:04:31 3fa9c2 ← contact.chat Jenny "今日は、予約を変更した…" 200 45ms'],
    [60, '12:04:31 3fa9c2 ← Jenny "今日は、予約を変更したい…" 200 45ms'],
    [40, '12:04:31 3fa9c2 ← Jenny "今日…" 200 45ms'],
  ])('cuts the line of a delivery at %i columns, and keeps what became of it', (columns, line) => {
    const lines = print([{ ...delivery, text: long }, answered], { columns })
    expect(lines).toEqual([line])
    expect(widthOf(lines[0] ?? '')).toBeLessThanOrEqual(columns)
  })

  it.each([
    [100, '12:04:31 3fa9c2 ← Jenny "hi there" interrupted 45ms ⏸ held 1.2s not retried automatically'],
    [80, '12:04:31 3fa9c2 ← contact.chat Jenny "hi there" interrupted 45ms ⏸ held 1.2s'],
    [50, '12:04:31 3fa9c2 ← Jenny "hi the…" interrupted 45ms'],
  ])('keeps at %i columns who said what rather than what else became of it', async (columns, line) => {
    const { lines, emit } = open({ columns })
    emit(delivery)
    emit({ type: 'released', id: 'mb3k2x7q1d3fa9c2', ms: 1_200 })
    emit({ ...answered, outcome: 'interrupted', status: null })
    expect(lines).toEqual([line])
  })

  it('cuts at the width that the terminal has at that moment', () => {
    let columns = 100
    const lines: string[] = []
    const notices = createNotices()
    const usual = { color: false, quiet: false, verbose: false }
    notices.on(createTerminal({ write: (line) => lines.push(line), columns: () => columns, ...usual }))
    for (columns of [100, 60, 120]) [{ ...delivery, text: long }, answered].forEach(notices.emit)
    expect(lines.map(widthOf).map((width, i) => width <= ([100, 60, 120][i] ?? 0))).toEqual([true, true, true])
    expect(widthOf(lines[2] ?? '')).toBeGreaterThan(100)
  })

  it('takes a message of megabytes', () => {
    const text = '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}'.repeat(1_000_000)
    expect(print([{ ...delivery, text }, answered])[0]).toMatch(/…" 200 45ms$/)
  })

  it('shows how long a delivery was held, and why', async () => {
    const clock = createFakeClock()
    const { lines, emit } = open({ clock })
    emit(delivery)
    emit({ type: 'held', id: 'mb3k2x7q1d3fa9c2', reason: 'bot restarting' })
    await clock.pass(1_200)
    emit({ type: 'released', id: 'mb3k2x7q1d3fa9c2', ms: 1_200 })
    emit(answered)
    expect(lines).toEqual([
      '12:04:31 3fa9c2 ⏸ message.create.contact.chat Jenny "hi there" held (bot restarting)',
      '12:04:31 3fa9c2 ← message.create.contact.chat Jenny "hi there" 200 45ms ⏸ held 1.2s',
    ])
  })

  it('says Ready first, in eight lines at most, with everything a person needs', () => {
    const lines = print([ready])
    expect(lines[0]).toMatch(/^Ready in 132ms/)
    expect(lines.length).toBeLessThanOrEqual(8)
    const block = lines.join('\n')
    for (const part of [
      'https://x.ngrok.app/',
      ':3000/',
      'https://bots.example.com/hook (active)',
      'message.create.*',
      'Ctrl-C, the webhook is put back',
    ]) {
      expect(block).toContain(part)
    }
  })

  it('says how long each step took only when it is verbose', () => {
    expect(print([ready])[0]).toBe('Ready in 132ms')
    expect(print([ready], { verbose: true })[1]).toBe('Ready in 132ms (ms: state 2, tunnel 130)')
  })

  const full: NoticeBody = {
    ...ready,
    url: 'https://0123-2001-db8-85a3-0-0-8a2e-370-7334.ngrok-free.app/',
    inspector: 'http://127.0.0.1:4747',
    tokenFile: '/home/me/.local/state/dev-hook/api.web1on1.chat/5b430ef410b7cb0cc2580183/inspector.json',
    api: 'https://staging-api.web1on1.chat',
    before: { url: `https://bots.example.com/${'hook/'.repeat(20)}`, events: null, status: 'active' },
    events: ['message.create.*', 'message.update', 'conversation.create', 'conversation.update', 'user.login'],
  }
  const keys = [
    { key: 'b', hint: 'restart' },
    { key: 'p', hint: 'pause' },
    { key: '?', hint: 'help' },
    { key: 'q', hint: 'quit' },
  ]

  it.each([80, 60, 40])(
    'keeps the ready block at eight lines of %i columns, but for what may have to be copied',
    (columns) => {
      const pageLink = () => `http://127.0.0.1:4747/?token=${'x'.repeat(43)}`
      const lines = print([full], { columns, keys, pageLink })
      expect(lines).toHaveLength(8)
      expect(lines.join('\n')).toContain(pageLink())
      expect(
        lines.filter((line) => line.length > columns).every((line) => /^ *(public|inspector|api) /.test(line)),
      ).toBe(true)
      expect(lines.join('\n')).toContain(full.url)
      expect(lines.at(-1)).toContain('b restart  p pause  ? help  q quit')
    },
  )

  it('leaves out of the ready block what concerns nobody where the platform is emulated', () => {
    expect(print([{ ...ready, api: 'http://127.0.0.1:4000' }], { emulated: true })).toEqual([
      'Ready in 132ms',
      '  bot       http://127.0.0.1:3000/',
      '  events    message.create.*',
      '  api       http://127.0.0.1:4000',
      '  quit      Ctrl-C',
    ])
  })

  it('lets a browser in where somebody is at a terminal, and else names the file with the token', () => {
    const shown = (pageLink: () => string | null) => print([{ ...full, url: 'https://x/' }], { pageLink }).join('\n')
    expect(shown(() => 'http://127.0.0.1:4747/?token=abc')).toContain('inspector http://127.0.0.1:4747/?token=abc\n')
    expect(shown(() => null)).toContain('inspector http://127.0.0.1:4747, token in /home/me/')
  })

  it('names the keys where there are some', () => {
    expect(print([ready], { keys }).at(-1)).toBe(
      '  keys      b restart  p pause  ? help  q quit, the webhook is put back',
    )
    expect(print([ready]).at(-1)).toBe('  quit      Ctrl-C, the webhook is put back')
  })

  it('says that a bot which somebody else runs is not there yet', () => {
    const bot: NoticeBody = { type: 'bot', state: 'starting', pid: null, port: 3000, code: null, ms: 0 }
    expect(print([bot, ready])[2]).toContain('http://127.0.0.1:3000/ (nothing listens yet: deliveries are held)')
    expect(print([{ ...bot, state: 'ready' }, ready]).join('\n')).not.toContain('nothing listens')
    expect(print([{ ...bot, pid: 5 }, ready]).join('\n')).not.toContain('nothing listens')
  })

  it('strips control characters from whatever comes from outside', () => {
    const nasty = 'a\u001b[2J\u0007\r\nb\u202ec'
    const lines = print([
      { ...delivery, event: nasty, text: nasty },
      answered,
      { type: 'rejected', id: 'x', reason: 'full', status: 503, detail: nasty },
    ])
    for (const line of lines) {
      expect(stripVTControlCharacters(line)).toBe(line)
      expect(line).not.toMatch(/[\p{Cc}\u202e]/u)
    }
  })

  it('ends with one line of totals', () => {
    expect(print([ready, stopped]).at(-1)).toBe('37 deliveries, 7 held (longest 1.9s), 0 lost, webhook restored')
    expect(print([ready, stopped], { quiet: true })).toHaveLength(1)
  })

  it('tells nothing of the webhook of a sandbox, unless it is not put back', () => {
    const back: NoticeBody = { type: 'restored', result: 'restored' }
    const shown = print([ready, back, stopped], { emulated: true })
    expect(shown.filter((line) => line.includes('restored'))).toEqual([])
    expect(shown.at(-1)).toBe('37 deliveries, 7 held (longest 1.9s), 0 lost')
    expect(print([{ ...back, result: 'failed' }], { emulated: true }).at(-1)).toContain('webhook: NOT restored')
  })

  it('never calls lost nothing what the bot may not have had', () => {
    const lines = print([ready, { ...stopped, interrupted: 2, undelivered: 1 }])
    expect(lines.at(-1)).toBe(
      '37 deliveries, 7 held (longest 1.9s), 2 possibly lost (the connection to the bot broke; `dev-hook replay --failed` forwards them again), 1 kept for the next run, webhook restored',
    )
  })

  it('promises nothing of a sandbox for after it', () => {
    const lines = print([ready, { ...stopped, interrupted: 2, undelivered: 1 }], { emulated: true })
    expect(lines.at(-1)).toBe(
      '37 deliveries, 7 held (longest 1.9s), 2 possibly lost (the connection to the bot broke), 1 never at the bot',
    )
  })

  it('counts nothing for a start that never got ready, but says what became of the webhook', () => {
    expect(print([{ type: 'restored', result: 'nothing' }, stopped])).toEqual([])
    expect(print([{ type: 'restored', result: 'restored' }, stopped])).toEqual(['12:04:31 webhook: restored'])
  })

  it('tells what is left to do by hand after an end', () => {
    const left: NoticeBody = { ...stopped, restored: 'nothing' }
    expect(print([{ ...ready, kind: 'manual' }, left]).at(-1)).toMatch(/webhook set by hand, so set it back by hand$/)
    expect(print([ready, left], { restore: false }).at(-1)).toMatch(/webhook left as it is$/)
    expect(print([ready], { restore: false }).join('\n')).toContain('points here until `dev-hook restore`')
    expect(print([ready], { restore: false }).at(-1)).toBe('  quit      Ctrl-C')
  })

  it('is quiet but for problems and the last line when asked to', () => {
    const problem: NoticeBody = { type: 'error', code: 'DEVHOOK_X', message: 'it broke', remedy: 'mend it' }
    expect(print([delivery, answered, ready, problem], { quiet: true })).toEqual([
      'error: it broke [DEVHOOK_X]',
      '  → mend it',
    ])
  })

  it('says when the platform was answered in place of the bot', () => {
    const late: NoticeBody = { type: 'acknowledged', id: 'mb3k2x7q1d3fa9c2', ms: 15_000 }
    expect(print([delivery, late]).at(-1)).toBe(
      '12:04:31 3fa9c2 ⏸ message.create.contact.chat Jenny "hi there" acknowledged after 15s in place of the bot',
    )
  })

  it('breaks what it says of the bot between words, below its own beginning', () => {
    const crashed: NoticeBody = { type: 'bot', state: 'crashed', pid: 7, port: 3000, code: 1, ms: 5, lines: [] }
    for (const color of [false, true]) {
      expect(print([crashed], { columns: 60, color }).map(stripVTControlCharacters)).toEqual([
        '12:04:31 ● bot crashed (exit code 1); deliveries are held',
        '         until it is started again, at once on a save',
      ])
    }
  })

  it('breaks what is wrong between words, and leaves whole what may have to be copied', () => {
    const remedy = 'run `dev-hook restore --bot 5b430ef410b7cb0cc2580183`'
    const warning: NoticeBody = {
      type: 'warning',
      code: 'DEVHOOK_X',
      message: 'it did not end in order at all',
      remedy,
    }
    expect(print([warning], { columns: 40 })).toEqual([
      'warning: it did not end in order',
      '       at all [DEVHOOK_X]',
      `  → ${remedy}`,
    ])
  })

  it('says why the bot is started again', () => {
    const stopping: NoticeBody = { type: 'bot', state: 'stopping', pid: 7, port: 3000, code: null, ms: 0 }
    expect(print([{ ...stopping, reason: 'saved bot.js' }])).toEqual(['12:04:31 ● bot restarting (saved bot.js)'])
    expect(print([stopping])).toEqual([])
  })

  it('shows when quiet what a crashed bot said last, which is not shown otherwise', () => {
    const output: NoticeBody = { type: 'bot-output', stream: 'stderr', line: 'it went wrong' }
    const lines = [...Array.from({ length: 12 }, (_, i) => `line ${i}`), 'it went wrong']
    const crash: NoticeBody = { type: 'bot', state: 'crashed', pid: 7, port: 3000, code: 1, ms: 5, lines }
    const quiet = print([output, crash], { quiet: true })
    expect(quiet).toHaveLength(11)
    expect(quiet[0]).toContain('bot crashed (exit code 1); deliveries are held until it is started again')
    expect(quiet.at(-1)).toBe('bot │ it went wrong')
    expect(print([output, crash])).toEqual(['bot │ it went wrong', quiet[0]])
  })

  it('says what a crashed bot waits for, and of the same crash once more only why', () => {
    const lines = ['ReferenceError: x is not defined', '    at bot.js:1:1']
    const crash: NoticeBody = {
      type: 'bot',
      state: 'crashed',
      pid: 7,
      port: 3000,
      code: 1,
      ms: 5,
      lines,
      waits: 'save',
    }
    const key = { key: 'b', hint: 'restart' }
    expect(print([crash], { keys: [key] })).toEqual([
      '12:04:31 ● bot crashed (exit code 1); deliveries are held, waiting for a save (b restarts it now)',
    ])
    const again = '12:04:31 ● bot crashed again (SIGSEGV): ReferenceError: x is not defined, waiting for a save'
    expect(print([{ ...crash, code: 'SIGSEGV', repeated: true }])).toEqual([again])
    expect(print([{ ...crash, code: 'SIGSEGV', repeated: true }], { quiet: true })).toEqual([again])
  })

  it('prints no colours unless asked to', () => {
    expect(print([delivery, answered, ready]).join('')).not.toContain('\u001b')
    expect(print([delivery, answered], { color: true }).join('')).toContain('\u001b')
  })
})
