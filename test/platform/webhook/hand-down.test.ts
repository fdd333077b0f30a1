// What was before a run, told to the dev-hook that has replaced it.
import { readdir } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HandDown, Handed } from '../../../src/platform/webhook/hand-down.ts'
import { readSnapshot, type Snapshot } from '../../../src/platform/webhook/snapshot.ts'
import { decodeSnapshot, encodeSnapshot } from '../../../src/platform/webhook/snapshot-format.ts'
import { folderForTest } from '../../support/folder.ts'
import { type PlatformBench, startPlatformBench } from '../../support/platform/platform-bench.ts'
import { BOT_ID } from '../../support/platform/sandbox-documents.ts'

const hook = { url: 'https://bots.example/hook', secret: 'secret-before', events: ['a.*'], status: 'active' }
const bot = { id: BOT_ID, name: 'Jenny', webhook: hook }

let bench: PlatformBench
beforeEach(async () => {
  bench = await startPlatformBench({ bot })
})
afterEach(() => bench.close())

/** A run that has claimed, and another one that has claimed over it while it slept; by now both are awake. */
async function replaced(handDown?: HandDown) {
  const told: Handed[] = []
  const send: HandDown = async (handed, signal) => {
    told.push(handed)
    return handDown === undefined ? second.registration.takeHandedDown(handed.snapshot, []) : handDown(handed, signal)
  }
  const probe = async () => ({ answers: true, who: null })
  const first = await bench.run({ probe, handDown: send })
  await first.registration.claim(first.url(), null, bench.signal)
  const folder = await folderForTest()
  const second = await bench.run({ folder })
  await second.registration.claim(second.url('https://second.ngrok.example'), null, bench.signal)
  return { first, second, folder, told }
}

const snapshotIn = async (folder: string): Promise<Snapshot> => {
  const { snapshot } = await readSnapshot(folder)
  if (snapshot === null) throw new Error('no snapshot')
  return snapshot
}

describe('A run that was replaced by one that answers', () => {
  it('hands down what was before it, owes nothing any more, and the other one puts that back', async () => {
    const { first, second, folder, told } = await replaced()
    expect(await first.registration.restore()).toBe('superseded')
    expect(told).toMatchObject([{ url: second.url('https://second.ngrok.example'), secret: 'secret-before' }])
    expect(await readdir(bench.folder)).toEqual([])
    expect(bench.codes()).toContain('DEVHOOK_LEFTOVER_ADOPTED')
    expect((await snapshotIn(folder)).before).toEqual(hook)
    expect(await second.registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
  })

  it.each<[string, HandDown]>([
    ['says no', async () => false],
    ['cannot be told', () => Promise.reject(new Error('ECONNRESET'))],
  ])('keeps owing it when that one %s', async (_, handDown) => {
    const { first, second } = await replaced(handDown)
    expect(await first.registration.restore()).toBe('superseded')
    expect((await snapshotIn(bench.folder)).before).toEqual(hook)
    expect(await second.registration.restore()).toBe('restored')
    expect(bench.documents.bot).toMatchObject({ webhook: { url: first.url() } })
  })

  it('keeps owing it when the other one has begun to end', async () => {
    const { first, second } = await replaced()
    const ending = second.registration.restore()
    expect(await second.registration.takeHandedDown(encodeSnapshot(await snapshotIn(bench.folder)), [])).toBe(false)
    await ending
    expect(await first.registration.restore()).toBe('restored')
    expect(bench.documents.bot).toEqual(bot)
  })
})

describe('A run that is told what was before another one', () => {
  const changed: readonly [string, Partial<Snapshot>][] = [
    ['whose URL it would not put back', { urls: [], runId: 'another' }],
    ['of another bot', { botId: 'another' }],
    ['of another platform', { apiHost: 'https://elsewhere.example' }],
    ['that does not know either', { previousUnknown: true }],
    ['that made a service of its own', { created: true }],
    ['without a place', { location: null }],
  ]

  it.each(changed)('takes nothing from one %s', async (_, more) => {
    const { first, second, folder } = await replaced()
    const own = await snapshotIn(folder)
    const handed = encodeSnapshot({ ...(await snapshotIn(bench.folder)), ...more })
    expect(decodeSnapshot(handed)).not.toBeNull()
    expect(await second.registration.takeHandedDown(handed, [])).toBe(false)
    expect(await snapshotIn(folder)).toEqual(own)
    await first.registration.restore()
  })

  it('takes nothing that is not a snapshot', async () => {
    const { second } = await replaced()
    for (const text of ['', '{}', 'null', '{"version":1}'])
      expect(await second.registration.takeHandedDown(text, [])).toBe(false)
  })
})
