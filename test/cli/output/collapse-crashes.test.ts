import { describe, expect, it } from 'vitest'
import { collapseCrashes } from '../../../src/cli/output/collapse-crashes.ts'
import { crashCause } from '../../../src/cli/screen/crash-cause.ts'
import { createNotices, type NoticeBody } from '../../../src/core/notices.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

const stack = (cause: string, pid = 4711): readonly string[] => [
  'starting',
  '/app/bot.js:3',
  `ReferenceError: ${cause}`,
  '    at Object.<anonymous> (/app/bot.js:3:1)',
  `[${pid}] gone after ${pid} ms at 12:00:${pid % 60}`,
  'Node.js v20.19.0',
]

/** What is shown: lines of the bot as they are, its crashes in capitals. */
function open() {
  const shown: string[] = []
  const clock = createFakeClock()
  const notices = createNotices()
  notices.on(
    collapseCrashes((notice) => {
      if (notice.type === 'bot-output') shown.push(notice.line)
      if (notice.type === 'bot' && notice.state === 'crashed') shown.push(notice.repeated === true ? 'AGAIN' : 'CRASH')
      if (notice.type === 'bot' && notice.state === 'ready') shown.push('READY')
    }, clock),
  )
  const bot = (state: 'starting' | 'ready' | 'crashed', lines?: readonly string[]): NoticeBody => ({
    type: 'bot',
    state,
    pid: 1,
    port: 1,
    code: null,
    ms: 1,
    ...(lines && { lines }),
  })
  return {
    shown,
    clock,
    starts: () => notices.emit(bot('starting')),
    ready: () => notices.emit(bot('ready')),
    says: (...lines: readonly string[]) =>
      lines.forEach((line) => notices.emit({ type: 'bot-output', stream: 'stderr', line })),
    crashes: (lines: readonly string[]) => notices.emit(bot('crashed', lines)),
  }
}

describe('A crash loop', () => {
  it('shows a stack once, and the same one again as a line', () => {
    const { shown, starts, says, crashes } = open()
    for (const pid of [4711, 4712, 14713]) {
      starts()
      says(...stack('x is not defined', pid))
      crashes(stack('x is not defined', pid))
    }
    expect(shown).toEqual([...stack('x is not defined'), 'CRASH', 'AGAIN', 'AGAIN'])
  })

  it('shows another stack in full, and then that one once', () => {
    const { shown, starts, says, crashes } = open()
    for (const cause of ['x is not defined', 'y is not defined', 'y is not defined']) {
      starts()
      says(...stack(cause))
      crashes(stack(cause))
    }
    expect(shown).toEqual([...stack('x is not defined'), 'CRASH', ...stack('y is not defined'), 'CRASH', 'AGAIN'])
  })

  it('holds nothing back before the first crash, and for no longer than a second after it', async () => {
    const { shown, clock, starts, says, ready, crashes } = open()
    starts()
    says('hello')
    expect(shown).toEqual(['hello'])
    crashes(['hello'])
    starts()
    says('hello')
    ready()
    says('listening')
    expect(shown).toEqual(['hello', 'CRASH', 'READY'])
    await clock.pass(1_000)
    says('more')
    expect(shown).toEqual(['hello', 'CRASH', 'READY', 'hello', 'listening', 'more'])
    crashes(['hello', 'listening', 'more'])
    expect(shown.at(-1)).toBe('CRASH')
  })

  it('holds no more than a stack back', () => {
    const { shown, starts, says, crashes } = open()
    starts()
    crashes([])
    starts()
    for (let n = 0; n <= 100; n += 1) says(`line ${n}`)
    expect(shown).toHaveLength(102)
  })
})

describe('Why a bot crashed', () => {
  it.each([
    [stack('x is not defined'), 'ReferenceError: x is not defined'],
    [
      ['/app/bot.js:3', 'port: }', '      ^', '', 'SyntaxError: Unexpected token', '    at wrap (x)'],
      'SyntaxError: Unexpected token',
    ],
    [['Traceback (most recent call last):', '  File "bot.py", line 1', 'ValueError: bad'], 'ValueError: bad'],
    [['Uncaught TypeError [ERR_X]: no', 'Node.js v20.19.0'], 'Uncaught TypeError [ERR_X]: no'],
    [['port is taken', '', 'Node.js v20.19.0'], 'port is taken'],
    [[], null],
  ])('is the line that names the error, else the last: %j', (lines, cause) => {
    expect(crashCause(lines)).toBe(cause)
  })
})
