// Replay on save: when the delivery follows a restart of the bot, and which one it is.
import { describe, expect, it } from 'vitest'
import type { Summary } from '../../../src/core/delivery.ts'
import { createNotices, type NoticeBody } from '../../../src/core/notices.ts'
import { createReplayOnSave } from '../../../src/daemon/running/replay-on-save.ts'
import { aSummary } from '../../support/journal/summaries.ts'

const summary = (id: string, more: Partial<Summary> = {}): Summary =>
  aSummary({ id, label: { event: null, platformId: null, conversation: null, text: 'hi' }, ...more })

const EVENT = { event: null, platformId: null, conversation: null, text: null }

function replayingForTest({
  isSupervised = true,
  recorded = [summary('d1')],
  outcome = 'answered',
}: {
  readonly isSupervised?: boolean
  readonly recorded?: readonly Summary[]
  readonly outcome?: 'answered' | 'interrupted'
} = {}) {
  const notices = createNotices()
  const replayed: string[] = []
  const onSave = createReplayOnSave({
    notices,
    emit: notices.emit,
    isSupervised,
    summaries: () => recorded,
    changed: () => undefined,
    replay: async (id) => {
      replayed.push(id)
      return { id, n: 2, outcome, status: 200, ms: 1, reason: null }
    },
  })
  const bot = async (...states: readonly Extract<NoticeBody, { readonly type: 'bot' }>['state'][]): Promise<void> => {
    for (const state of states) notices.emit({ type: 'bot', state, pid: 1, port: 1, code: null, ms: 1 })
    // Until what was begun has gone on.
    await new Promise((resolve) => void setImmediate(resolve))
  }
  return { onSave, replayed, bot }
}

describe('Replay on save', () => {
  it('forwards the delivery once after each restart that somebody asked for, until it is switched off', async () => {
    const { onSave, replayed, bot } = replayingForTest()
    onSave.set({ id: 'chosen' })
    expect(onSave.current()).toEqual({ id: 'chosen' })
    for (let n = 0; n < 2; n += 1) {
      onSave.restarting()
      onSave.restarting()
      await bot('stopping', 'starting', 'ready', 'ready')
    }
    expect(replayed).toEqual(['chosen', 'chosen'])
    onSave.set(null)
    onSave.restarting()
    await bot('stopping', 'starting', 'ready')
    expect([replayed.length, onSave.current()]).toEqual([2, null])
  })

  it('forwards nothing when a bot starts again by itself: the delivery may be why it crashed', async () => {
    const { onSave, replayed, bot } = replayingForTest({ outcome: 'interrupted' })
    onSave.set({ id: null })
    onSave.restarting()
    await bot('starting', 'ready')
    await bot('crashed', 'starting', 'ready')
    expect(replayed).toEqual(['d1'])
    onSave.restarting()
    await bot('starting', 'ready')
    expect(replayed).toEqual(['d1', 'd1'])
  })

  it('forwards after each restart of a bot that something else runs, unless it is never answered', async () => {
    const answered = replayingForTest({ isSupervised: false })
    answered.onSave.set({ id: null })
    await answered.bot('ready')
    for (let n = 0; n < 8; n += 1) await answered.bot('starting', 'ready')
    expect(answered.replayed).toHaveLength(8)
    const crashing = replayingForTest({ isSupervised: false, outcome: 'interrupted' })
    crashing.onSave.set({ id: null })
    for (let n = 0; n < 8; n += 1) await crashing.bot('starting', 'ready')
    expect([crashing.replayed.length, crashing.onSave.current()]).toEqual([5, null])
  })

  it.each<[string, readonly Summary[], readonly string[]]>([
    ['the newest message', [summary('new'), summary('old')], ['new']],
    [
      'not what the bot itself has said, nor what was refused',
      [
        summary('own', { label: { ...EVENT, text: 'x', own: true } }),
        summary('no', { settled: 'rejected' }),
        summary('d'),
      ],
      ['d'],
    ],
    ['a message rather than another event', [summary('event', { label: EVENT }), summary('said')], ['said']],
    ['a message rather than a command', [summary('a', { label: { ...EVENT, text: '/assign' } }), summary('b')], ['b']],
    ['another event where nobody has said anything', [summary('event', { label: EVENT })], ['event']],
    ['nothing that the bot gets anyway', [summary('waits', { settled: null }), summary('old')], []],
    ['nothing where nothing came', [], []],
  ])('takes of all deliveries %s', async (_, recorded, expected) => {
    const { onSave, replayed, bot } = replayingForTest({ recorded })
    onSave.set({ id: null })
    onSave.restarting()
    await bot('starting', 'ready')
    expect(replayed).toEqual(expected)
  })
})
