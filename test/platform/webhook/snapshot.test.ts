// The snapshot on disk: private, whole, and never thrown away unread.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHookAddress, hookUrl } from '../../../src/core/hook-url.ts'
import { ExactNumber } from '../../../src/platform/api/exact-json.ts'
import { BOT_RECORDS } from '../../../src/platform/webhook/bot-record.ts'
import {
  deleteSnapshot,
  isOurs,
  readSnapshot,
  type Snapshot,
  type SnapshotFile,
  setSnapshotAside,
  writeSnapshot,
} from '../../../src/platform/webhook/snapshot.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dev-hook-snapshot-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const address = createHookAddress()
const ours = hookUrl('https://a.example', address)
const snapshot: Snapshot = {
  version: 1,
  kind: 'bot',
  apiHost: 'https://api.example',
  botId: 'b1',
  runId: address.runId,
  urls: [ours],
  location: { endpoint: BOT_RECORDS, label: 'bot.webhook', document: '/v2/bots/b1', keys: ['webhook'], entry: null },
  serviceName: 'dev-hook b1 me@here',
  created: false,
  before: { url: 'https://bots.example', events: ['a.*'], secret: 's3cret', more: { a: [1] } },
  beforeStatus: null,
  previousUnknown: false,
  takenAt: '2026-11-01T12:00:00.000Z',
  pid: 4711,
  writeSentAt: null,
}

const { location: _, ...rest } = snapshot
/** The file of the first version that kept snapshots. */
const stored = {
  ...rest,
  place: { label: 'bot.webhook', document: '/v2/bots/b1', keys: ['webhook'], entry: null },
}

const damagedAt = (path: string): SnapshotFile => ({ snapshot: null, damaged: path })

describe('a snapshot', () => {
  it('comes back as it was written, from a folder that did not exist', async () => {
    const deeper = join(folder, 'state', 'b1')
    await writeSnapshot(deeper, snapshot)
    expect(await readSnapshot(deeper)).toEqual({ snapshot, damaged: null })
  })

  it('keeps numbers that JavaScript would write in another way', async () => {
    const before = { big: new ExactNumber('12345678901234567890'), list: [new ExactNumber('-0')] }
    await writeSnapshot(folder, { ...snapshot, before })
    expect(await readFile(join(folder, 'snapshot.json'), 'utf8')).toContain('"big": 12345678901234567890')
    expect((await readSnapshot(folder)).snapshot?.before).toEqual(before)
  })

  it('is read from the file of an earlier version', async () => {
    await writeFile(join(folder, 'snapshot.json'), JSON.stringify(stored))
    expect(await readSnapshot(folder)).toEqual({ snapshot, damaged: null })
  })

  it('is damaged when any bit of what it says has changed', async () => {
    await writeSnapshot(folder, snapshot)
    const path = join(folder, 'snapshot.json')
    const written = await readFile(path)
    await fc.assert(
      fc.asyncProperty(fc.nat(written.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(written)
        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        await writeFile(path, changed)
        const found = await readSnapshot(folder)
        // Between the fields it changes nothing.
        const isSpace = /\s/.test(String.fromCharCode(written[at] ?? 0))
        expect(found).toEqual(found.damaged === null && isSpace ? { snapshot, damaged: null } : damagedAt(path))
      }),
      { numRuns: 1_000 },
    )
  })

  it('is damaged when a field of it is gone, or its checksum has another name', async () => {
    await writeSnapshot(folder, snapshot)
    const path = join(folder, 'snapshot.json')
    const lines = (await readFile(path, 'utf8')).split('\n')
    const without = (text: string): string => lines.filter((line) => !line.includes(text)).join('\n')
    for (const text of [without('"secret"'), lines.join('\n').replace('"checksum"', '"cheksum"')]) {
      await writeFile(path, text)
      expect(await readSnapshot(folder)).toEqual(damagedAt(path))
    }
  })

  it.runIf(process.platform !== 'win32')('is readable by its owner only', async () => {
    await writeSnapshot(folder, snapshot)
    expect((await stat(join(folder, 'snapshot.json'))).mode & 0o777).toBe(0o600)
  })

  it('is gone once deleted, and deleting it again is not an error', async () => {
    await writeSnapshot(folder, snapshot)
    await deleteSnapshot(folder)
    await deleteSnapshot(folder)
    expect(await readSnapshot(folder)).toEqual({ snapshot: null, damaged: null })
    expect(await readdir(folder)).toEqual([])
  })

  const damaged: readonly (readonly [string, string])[] = [
    ['half of it', JSON.stringify(stored).slice(0, 90)],
    ['nothing', ''],
    ['another version', JSON.stringify({ ...stored, version: 2 })],
    ['a missing field', JSON.stringify({ ...stored, urls: undefined })],
    ['a field of another type', JSON.stringify({ ...stored, before: 'url' })],
    ['a location elsewhere', JSON.stringify({ ...stored, place: { ...stored.place, document: '/v2/users/u1' } })],
    ['a location with a way out', JSON.stringify({ ...stored, place: { ...stored.place, document: '/v2/bots/../x' } })],
  ]
  for (const [name, text] of damaged) {
    it(`is left as it is, and set aside by whoever holds the bot, when it cannot be understood: ${name}`, async () => {
      const path = join(folder, 'snapshot.json')
      await writeFile(path, text)
      expect(await readSnapshot(folder)).toEqual({ snapshot: null, damaged: path })
      expect(await readSnapshot(folder)).toEqual({ snapshot: null, damaged: path })
      const aside = await setSnapshotAside(folder, () => Date.UTC(2026, 10, 1))
      expect(aside).toBe(join(folder, 'snapshot.damaged-2026-11-01T00-00-00-000Z.json'))
      expect(await readSnapshot(folder)).toEqual({ snapshot: null, damaged: null })
      expect(await readFile(aside, 'utf8')).toBe(text)
      expect(await readdir(folder)).toHaveLength(1)
    })
  }

  it('says where it cannot be written', async () => {
    const file = join(folder, 'a-file')
    await writeFile(file, '')
    await expect(writeSnapshot(join(file, 'b1'), snapshot)).rejects.toMatchObject({
      code: 'DEVHOOK_STATE_UNWRITABLE',
    })
  })
})

describe('a URL of ours', () => {
  it('is recognised by its run, however the platform writes it', () => {
    expect(isOurs(snapshot, ours)).toBe(true)
    expect(isOurs(snapshot, hookUrl('https://b.example', address))).toBe(true)
    expect(isOurs(snapshot, `https://dev-hook:***@a.example${address.path}`)).toBe(true)
    expect(isOurs({ ...snapshot, runId: 'f'.repeat(32) }, ours)).toBe(true)
    expect(isOurs({ ...snapshot, urls: ['https://mangled.example/'] }, 'https://mangled.example/')).toBe(true)
  })

  it('is not one of another run, of somebody, or none', () => {
    expect(isOurs(snapshot, hookUrl('https://a.example', createHookAddress()))).toBe(false)
    expect(isOurs(snapshot, 'https://bots.example')).toBe(false)
    expect(isOurs(snapshot, null)).toBe(false)
  })
})
