// What the bot does decides whether deliveries are held.
import { beforeEach, describe, expect, it } from 'vitest'
import type { NoticeBody } from '../../../src/core/notices.ts'
import type { Bot, BotState } from '../../../src/core/ports.ts'
import { type BotLink, linkBot } from '../../../src/daemon/traffic/hold-while-down.ts'

let now: BotState
let tell: (state: BotState) => void
let log: string[]
let notices: NoticeBody[]

beforeEach(() => {
  now = { state: 'starting', pid: null }
  log = []
  notices = []
})

function link(supervised = true): BotLink {
  const bot: Bot = {
    current: () => now,
    on: (listener) => {
      tell = listener
      return () => {}
    },
    refused: () => {},
    restart: () => {},
    stop: async () => {},
  }
  const queue = {
    hold: (reason: string) => void log.push(reason),
    release: () => void log.push('released'),
  }
  const traffic = { queue, botGone: () => void log.push('connections dropped') }
  return linkBot({ bot, traffic, emit: (notice) => notices.push(notice), port: 3000, supervised })
}

function become(state: BotState): readonly string[] {
  now = state
  log = []
  tell(state)
  return log
}

const READY: BotState = { state: 'ready', pid: 7, ms: 120 }
const CRASHED: BotState = { state: 'crashed', pid: 7, code: 'SIGKILL', ms: 900, lines: ['it went wrong'] }

describe('The link between bot and queue', () => {
  it('holds from the beginning, until the bot is ready', () => {
    link()
    expect(log).toEqual(['bot starting'])
    expect(become(READY)).toEqual(['released'])
  })

  it('releases at once when the bot is ready already', () => {
    now = READY
    link()
    expect(log).toEqual(['released'])
  })

  it.each<[BotState, string]>([
    [{ state: 'starting', pid: 7 }, 'bot starting'],
    [{ state: 'stopping', pid: 7, reason: 'saved bot.js' }, 'bot restarting'],
    [CRASHED, 'bot crashed'],
    [{ state: 'stopped', pid: 7, code: 0 }, 'bot stopped'],
  ])('holds while the bot is not ready, says why, and lets go of connections that are dead (%o)', (state, reason) => {
    link()
    become(READY)
    expect(become(state)).toEqual(['connections dropped', reason])
  })

  it('announces of a bot that somebody else runs only what can be seen of it', () => {
    link(false)
    expect(log).toEqual(['nothing listens on the bot’s port'])
  })

  it('holds while it is paused, whatever the bot does, and then depends on the bot again', () => {
    const paused = link()
    become(READY)
    log = []
    paused.pause(true)
    expect([paused.isPaused(), paused.reason()]).toEqual([true, 'paused'])
    expect(log).toEqual(['paused'])
    expect(become(CRASHED).at(-1)).toBe('paused')
    expect(become(READY)).toEqual(['paused'])
    log = []
    paused.pause(false)
    expect([paused.isPaused(), paused.reason()]).toEqual([false, null])
    expect(log).toEqual(['released'])
    paused.pause(true)
    become(CRASHED)
    log = []
    paused.pause(false)
    expect(log).toEqual(['bot crashed'])
  })

  it('announces what the bot does', () => {
    link()
    become(READY)
    become(CRASHED)
    become({ state: 'stopped', pid: 8, code: 0 })
    expect(notices).toEqual([
      { type: 'bot', state: 'ready', pid: 7, port: 3000, code: null, ms: 120 },
      { type: 'bot', state: 'crashed', pid: 7, port: 3000, code: 'SIGKILL', ms: 900, lines: ['it went wrong'] },
      { type: 'bot', state: 'stopped', pid: 8, port: 3000, code: 0, ms: 0 },
    ])
  })
})
