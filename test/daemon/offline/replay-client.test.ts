// Replays from outside a run: who does them, and what is recorded.

import { describe, expect, it, onTestFinished } from 'vitest'
import type { Notice } from '../../../src/core/notices.ts'
import type { Journal } from '../../../src/core/ports.ts'
import { openReplays } from '../../../src/daemon/offline/replay-client.ts'
import { writeAddress } from '../../../src/inspector/address.ts'
import { openInspector } from '../../../src/inspector/server.ts'
import { readDelivery } from '../../../src/journal/reader.ts'
import { openLock, readLock } from '../../../src/lock/lock.ts'
import { readSnapshot, writeSnapshot } from '../../../src/platform/webhook/snapshot.ts'
import { checkSignature, sign } from '../../../src/protocol/signature.ts'
import { anAttempt } from '../../support/attempts.ts'
import { folderForTest } from '../../support/folder.ts'
import { freePort } from '../../support/free-port.ts'
import { fakeHandlers, NO_EVENTS } from '../../support/inspector/fake-handlers.ts'
import { answered, delivery, NO_LABEL, openTestJournal } from '../../support/journal/journal.ts'
import { recordingBotForTest } from '../../support/platform/sandboxes.ts'
import { SNAPSHOT } from '../../support/platform/snapshots.ts'

const BODY = Buffer.from('{"text":"hi"}')

/** A folder in which an earlier run has left one delivery. */
async function folderWith(id: string, leave: (journal: Journal) => void = () => undefined): Promise<string> {
  const folder = await folderForTest()
  const { journal } = await openTestJournal(folder)
  const headers = ['Content-Type', 'application/json', 'X-Hub-Signature', sign(BODY, 'old secret')]
  journal.record(delivery(id, { body: BODY, headers, search: '?a=1' }), NO_LABEL, null)
  leave(journal)
  await journal.close()
  return folder
}

async function replaysIn(
  folder: string,
  port: number,
  more: { readonly secret?: string; readonly patienceMs?: number } = {},
) {
  const notices: Pick<Notice, 'type'>[] = []
  const { secret = null, ...rest } = more
  const replays = await openReplays({
    folder,
    config: { target: { host: '127.0.0.1', port, path: '/hook' }, secret, botAuth: null, botQuery: 'key=abc' },
    who: 'me@here pid 1',
    emit: (notice) => void notices.push(notice),
    ...rest,
  })
  onTestFinished(replays.close)
  return { replays, notices }
}

describe('A replay without a run', () => {
  it('forwards the very bytes, and records a further attempt and the new fate', async () => {
    const bot = await recordingBotForTest({ answer: { status: 201, body: 'thanks' } })
    const folder = await folderWith('d1', (journal) => {
      journal.recordAttempt('d1', 1, anAttempt('interrupted'))
      journal.settle('d1', 'interrupted', 200)
    })
    const { replays } = await replaysIn(folder, bot.port)
    expect(await replays.replay('d1', null)).toMatchObject({ id: 'd1', n: 2, outcome: 'answered', status: 201 })
    await replays.close()

    const [got] = await bot.waitFor(1)
    expect(got?.body.equals(BODY)).toBe(true)
    expect(got?.url).toBe('/hook?key=abc&a=1')
    expect(checkSignature(got?.rawHeaders ?? [], BODY, 'old secret')).toBe('right')
    const recorded = await readDelivery(folder, 'd1')
    expect(recorded?.summary).toMatchObject({ settled: 'delivered', status: 201 })
    expect(recorded?.attempts[1]?.attempt).toMatchObject({ reply: { status: 201, body: Buffer.from('thanks') } })
    expect(await readLock(folder)).toBeNull()
  })

  it('signs again for a bot that has another secret, and for another body', async () => {
    const bot = await recordingBotForTest()
    const folder = await folderWith('d1')
    const { replays } = await replaysIn(folder, bot.port, { secret: 'new secret' })
    await replays.replay('d1', null)
    const edited = Buffer.from('{"text":"bye"}')
    const { id, ...done } = await replays.replay('d1', edited)
    expect(done).toMatchObject({ n: 1, editOf: 'd1', outcome: 'answered' })
    const [first, second] = await bot.waitFor(2)
    expect(checkSignature(first?.rawHeaders ?? [], BODY, 'new secret')).toBe('right')
    expect(second?.body.equals(edited)).toBe(true)
    expect(checkSignature(second?.rawHeaders ?? [], edited, 'new secret')).toBe('right')
    await replays.close()
    const kept = await readDelivery(folder, id)
    expect(kept?.delivery.body.equals(edited)).toBe(true)
    expect(kept?.summary).toMatchObject({ editOf: 'd1', settled: 'delivered', attempts: 1 })
    expect((await readDelivery(folder, 'd1'))?.attempts.map(({ attempt }) => attempt.replay)).toEqual([true])
  })

  it('says that the bot is not there, and leaves a delivery as it was', async () => {
    const folder = await folderWith('d1', (journal) => {
      journal.recordAttempt('d1', 1, answered(200))
      journal.settle('d1', 'delivered')
    })
    const { replays } = await replaysIn(folder, await freePort())
    expect(await replays.replay('d1', null)).toMatchObject({ n: 2, outcome: 'refused', status: null })
    await replays.close()
    expect((await readDelivery(folder, 'd1'))?.summary).toMatchObject({ settled: 'delivered', attempts: 2 })
  })

  it('can be given up while the bot does not answer', async () => {
    const bot = await recordingBotForTest({ answer: 'hang' })
    const folder = await folderWith('d1')
    const { replays } = await replaysIn(folder, bot.port)
    const leaving = new AbortController()
    const replaying = replays.replay('d1', null, leaving.signal)
    await bot.waitFor(1)
    leaving.abort()
    expect(await replaying).toMatchObject({ outcome: 'cancelled' })
  })

  it('holds the bot under the name of the run that died, whose watchdog has still to restore', async () => {
    const folder = await folderWith('d1')
    await writeSnapshot(folder, SNAPSHOT)
    const { replays } = await replaysIn(folder, 1)
    expect(await readLock(folder)).toMatchObject({
      runId: SNAPSHOT.runId,
      user: 'the `dev-hook replay` of me@here pid 1',
    })
    await replays.close()
    expect((await readSnapshot(folder)).snapshot).toEqual(SNAPSHOT)
  })

  it('is refused for what is not recorded', async () => {
    const { replays } = await replaysIn(await folderWith('d1'), 1)
    await expect(replays.replay('d', null)).rejects.toMatchObject({ code: 'DEVHOOK_DELIVERY_UNKNOWN' })
  })
})

describe('A replay beside a run', () => {
  it('is done by the run, also by one that only begins to listen', async () => {
    const folder = await folderWith('d1')
    const lock = await openLock(folder, { runId: 'run1', user: 'me@here pid 1' })
    onTestFinished(lock.close)
    // What a run left behind that died.
    await writeAddress(folder, { runId: 'run0', port: 1, token: 'x' })
    const opening = replaysIn(folder, 1)
    const done = { id: 'd1', n: 7, outcome: 'answered', status: 200, ms: 1, reason: null } as const
    const inspector = await openInspector({
      folder,
      runId: 'run1',
      port: null,
      events: NO_EVENTS,
      handlers: fakeHandlers({ replay: async () => done }),
    })
    onTestFinished(inspector.close)
    const { replays } = await opening
    expect(await replays.replay('d1', null)).toEqual(done)
  })

  it('is refused when the run cannot be asked', async () => {
    const folder = await folderWith('d1')
    const lock = await openLock(folder, { runId: 'run1', user: 'me@here pid 1' })
    onTestFinished(lock.close)
    await expect(replaysIn(folder, 1, { patienceMs: 100 })).rejects.toMatchObject({
      code: 'DEVHOOK_RUN_UNREACHABLE',
      message: expect.stringContaining('me@here'),
    })
  })
})
