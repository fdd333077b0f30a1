import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createTerminal } from '../../../src/cli/output/terminal.ts'
import { createNotices, type NoticeBody } from '../../../src/core/notices.ts'

function print(
  bodies: readonly NoticeBody[],
  options: { readonly quiet?: boolean; readonly color?: boolean; readonly restore?: boolean } = {},
): string[] {
  const lines: string[] = []
  const notices = createNotices(() => Date.parse('2026-01-02T12:04:31'))
  notices.on(
    createTerminal({ write: (line) => lines.push(line), color: false, quiet: false, verbose: false, ...options }),
  )
  bodies.forEach(notices.emit)
  return lines
}

const delivery: NoticeBody = {
  type: 'delivery',
  id: 'd1',
  event: 'message.create.contact.chat',
  conversation: 'c1',
  text: 'hi there',
  bytes: 100,
}
const answered: NoticeBody = { type: 'attempt', id: 'd1', n: 1, outcome: 'answered', status: 200, ms: 45 }

const stopped: NoticeBody & { readonly type: 'stopped' } = {
  type: 'stopped',
  deliveries: 37,
  delivered: 37,
  held: 7,
  longestHoldMs: 1_900,
  undelivered: 0,
  interrupted: 0,
  restored: 'restored',
  failure: null,
}

const ready: NoticeBody & { readonly type: 'ready' } = {
  type: 'ready',
  url: 'https://x.ngrok.app/',
  target: 'http://127.0.0.1:3000/',
  inspector: null,
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
    expect(print([delivery, answered])).toEqual(['12:04:31 ← message.create.contact.chat "hi there" 200 45ms'])
  })

  it('marks a replay, and prints it each time', () => {
    const replay: NoticeBody = { ...delivery, type: 'replay', edited: false }
    expect(print([delivery, answered, replay, { ...answered, n: 2 }])).toEqual([
      '12:04:31 ← message.create.contact.chat "hi there" 200 45ms',
      '12:04:31 ↻ message.create.contact.chat "hi there" 200 45ms',
    ])
  })

  it('takes a message of megabytes', () => {
    const text = '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}'.repeat(1_000_000)
    expect(print([{ ...delivery, text }, answered])[0]).toMatch(/…" 200 45ms$/)
  })

  it('shows how long a delivery was held, and why', () => {
    const held: NoticeBody = { type: 'held', id: 'd1', reason: 'bot restarting' }
    const released: NoticeBody = { type: 'released', id: 'd1', ms: 1_200 }
    expect(print([delivery, held, released, answered])).toEqual([
      '12:04:31 ⏸ message.create.contact.chat "hi there" held (bot restarting)',
      '12:04:31 ← message.create.contact.chat "hi there" 200 45ms ⏸ held 1.2s (bot restarting)',
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
      'Ctrl-C',
    ]) {
      expect(block).toContain(part)
    }
  })

  it('says that a bot which somebody else runs is not there yet', () => {
    const bot: NoticeBody = { type: 'bot', state: 'starting', pid: null, port: 3000, code: null, ms: 0 }
    expect(print([bot, ready])[2]).toContain('http://127.0.0.1:3000/ (nothing listens there yet, deliveries are held)')
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

  it('never calls lost nothing what the bot may not have had', () => {
    const lines = print([ready, { ...stopped, interrupted: 2, undelivered: 1 }])
    expect(lines.at(-1)).toBe(
      '37 deliveries, 7 held (longest 1.9s), 2 possibly lost (the connection to the bot broke; `dev-hook replay --failed` forwards them again), 1 kept for the next run, webhook restored',
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
    expect(print([ready], { restore: false }).at(-1)).toContain('`dev-hook restore`')
  })

  it('is quiet but for problems and the last line when asked to', () => {
    const problem: NoticeBody = { type: 'error', code: 'DEVHOOK_X', message: 'it broke', remedy: 'mend it' }
    expect(print([delivery, answered, ready, problem], { quiet: true })).toEqual([
      'error: it broke [DEVHOOK_X]',
      '  → mend it',
    ])
  })

  it('says when the platform was answered in place of the bot', () => {
    const late: NoticeBody = { type: 'acknowledged', id: 'd1', ms: 15_000 }
    expect(print([delivery, late]).at(-1)).toBe(
      '12:04:31 ⏸ message.create.contact.chat "hi there" acknowledged after 15s in place of the bot',
    )
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
    expect(quiet[0]).toContain('bot crashed (1); deliveries are held')
    expect(quiet.at(-1)).toBe('bot │ it went wrong')
    expect(print([output, crash])).toEqual(['bot │ it went wrong', quiet[0]])
  })

  it('prints no colours unless asked to', () => {
    expect(print([delivery, answered, ready]).join('')).not.toContain('\u001b')
    expect(print([delivery, answered], { color: true }).join('')).toContain('\u001b')
  })
})
