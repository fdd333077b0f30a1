import { constants } from 'node:fs'
import { open, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDeliveries } from '../../src/journal/reader.ts'
import { type OpenFile, openLogFile } from '../../src/journal/write/log-file.ts'
import { folderForTest } from '../support/folder.ts'
import { answered, delivery, NO_LABEL, openTestJournal } from '../support/journal/journal.ts'
import { eventually } from '../support/wait.ts'

const ids = async (folder: string): Promise<string[]> => (await readDeliveries(folder)).map(({ id }) => id)
const UNWRITABLE = { code: 'DEVHOOK_STATE_UNWRITABLE' }

/** A disk that can be made to refuse: at once, after some bytes, or only when it is to sync; or to take its time. */
function createDisk() {
  const disk = { room: Infinity, syncs: true, opens: true, syncCount: 0, onWrite: async (): Promise<void> => {} }
  const openFile: OpenFile = async (path, flags, mode) => {
    if (!disk.opens) throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' })
    const file = await openLogFile(path, flags, mode)
    return {
      write: async (bytes, offset, length, position) => {
        await disk.onWrite()
        if (disk.room === 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
        // As a real disk does: what fits is written, and only the next call fails.
        const { bytesWritten } = await file.write(bytes, offset, Math.min(length, disk.room), position)
        disk.room -= bytesWritten
        return { bytesWritten }
      },
      read: (bytes, offset, length, position) => file.read(bytes, offset, length, position),
      stat: () => file.stat(),
      datasync: async () => {
        disk.syncCount += 1
        if (!disk.syncs) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
        await file.datasync()
      },
      close: () => file.close(),
    }
  }
  return { disk, openFile }
}

describe('A disk that refuses', () => {
  it('is reported once, with every promise rejected, and once more when it works again, with nothing lost', async () => {
    const folder = await folderForTest()
    const { disk, openFile } = createDisk()
    const { journal, troubles } = await openTestJournal(folder, { openFile, retryMs: 5 })
    journal.record(delivery('d1'), NO_LABEL, null)
    await journal.synced('d1')
    for (const room of [0, 1, 50, 200]) {
      disk.room = room
      journal.record(delivery(`full ${room}`), NO_LABEL, null)
      await expect(journal.synced(`full ${room}`)).rejects.toMatchObject(UNWRITABLE)
      await expect(journal.synced('d1')).rejects.toThrow('no space left')
    }
    expect(troubles).toMatchObject([{ kind: 'stateUnwritable', message: expect.stringContaining('ENOSPC') }])
    expect(await ids(folder)).toEqual(['d1'])

    disk.room = Infinity
    await eventually(() => troubles.length === 2)
    expect(troubles[1]).toMatchObject({ kind: 'stateRecovered', message: expect.stringContaining('nothing was lost') })
    journal.record(delivery('d2'), NO_LABEL, null)
    await journal.synced('d2')
    expect(await ids(folder)).toEqual(['d1', 'full 0', 'full 1', 'full 50', 'full 200', 'd2'])
    expect(troubles).toHaveLength(2)
  })

  it('does not block recording, and is not tried again for each record', async () => {
    const { disk, openFile } = createDisk()
    const { journal, troubles } = await openTestJournal(await folderForTest(), { openFile, retryMs: 60_000 })
    disk.opens = false
    journal.record(delivery('first'), NO_LABEL, null)
    await eventually(() => troubles.length === 1)
    for (let i = 0; i < 5_000; i += 1) journal.record(delivery(`d${i}`), NO_LABEL, null)
    expect(troubles).toHaveLength(1)
  })

  it('writes again what it refused to sync, before a later sync counts', async () => {
    const folder = await folderForTest()
    const { disk, openFile } = createDisk()
    const writes: string[] = []
    const { journal } = await openTestJournal(folder, {
      retryMs: 60_000,
      openFile: async (...given) => {
        const file = await openFile(...given)
        return {
          ...file,
          write: (bytes, offset, length, position) => {
            writes.push(bytes.toString('utf8', offset, offset + length))
            return file.write(bytes, offset, length, position)
          },
        }
      },
    })
    journal.record(delivery('before'), NO_LABEL, null)
    await journal.synced('before')
    disk.syncs = false
    journal.record(delivery('refused'), NO_LABEL, null)
    await expect(journal.synced('refused')).rejects.toMatchObject(UNWRITABLE)
    disk.syncs = true
    writes.length = 0
    await journal.synced('refused')
    expect(writes.join('')).toContain('"id":"refused"')
    expect(writes.join('')).not.toContain('"id":"before"')
    writes.length = 0
    await journal.synced('refused')
    expect(writes).toEqual([])
    expect(await ids(folder)).toEqual(['before', 'refused'])
  })

  it('rejects the promise when only the sync fails', async () => {
    const folder = await folderForTest()
    const { disk, openFile } = createDisk()
    const { journal, troubles } = await openTestJournal(folder, { openFile, retryMs: 60_000 })
    disk.syncs = false
    journal.record(delivery('d1'), NO_LABEL, null)
    await expect(journal.synced('d1')).rejects.toMatchObject(UNWRITABLE)
    await expect(journal.synced('d1')).rejects.toMatchObject(UNWRITABLE)
    disk.syncs = true
    await journal.synced('d1')
    expect(troubles.map(({ kind }) => kind)).toEqual(['stateUnwritable', 'stateRecovered'])
    expect(await ids(folder)).toEqual(['d1'])
  })

  it('of which the files were removed is written anew, with what comes after that', async () => {
    const folder = await folderForTest()
    const { journal, troubles } = await openTestJournal(folder)
    journal.record(delivery('d1'), NO_LABEL, null)
    await journal.synced('d1')
    await rm(folder, { recursive: true })
    journal.record(delivery('d2'), NO_LABEL, null)
    await journal.synced('d2')
    expect(await ids(folder)).toEqual(['d2'])
    expect(troubles).toEqual([])
  })

  it('may be followed by a crash: the half line is gone at the next start', async () => {
    const folder = await folderForTest()
    const { disk, openFile } = createDisk()
    const { journal } = await openTestJournal(folder, { openFile })
    journal.record(delivery('d1'), NO_LABEL, null)
    await journal.synced('d1')
    disk.room = 30
    journal.record(delivery('d2'), NO_LABEL, null)
    await journal.close()
    const { journal: next, troubles } = await openTestJournal(folder)
    next.record(delivery('d3'), NO_LABEL, null)
    await next.close()
    expect(await ids(folder)).toEqual(['d1', 'd3'])
    expect(troubles).toEqual([])
  })

  it.runIf(process.platform === 'linux')('is noticed when it really is full', async () => {
    const folder = await folderForTest()
    const openFile: OpenFile = () => open('/dev/full', constants.O_RDWR)
    const { journal, troubles } = await openTestJournal(folder, { openFile })
    journal.record(delivery('d1'), NO_LABEL, null)
    await expect(journal.synced('d1')).rejects.toThrow('ENOSPC')
    expect(troubles).toHaveLength(1)
  })

  it('ends the start when the folder cannot be used at all', async () => {
    const folder = await folderForTest()
    await writeFile(join(folder, 'events'), 'a file in its place')
    await expect(openTestJournal(folder)).rejects.toMatchObject(UNWRITABLE)
    await expect(openTestJournal(join(folder, 'events'))).rejects.toMatchObject(UNWRITABLE)
  })

  it('may lose the whole folder while the log is closed to it, and starts a new one', async () => {
    const folder = await folderForTest()
    const { disk, openFile } = createDisk()
    const { journal } = await openTestJournal(folder, { openFile, retryMs: 60_000 })
    journal.record(delivery('d1'), NO_LABEL, null)
    await journal.synced('d1')
    disk.room = 0
    journal.record(delivery('d2'), NO_LABEL, null)
    await expect(journal.synced('d2')).rejects.toMatchObject(UNWRITABLE)
    await rm(folder, { recursive: true })
    disk.room = Infinity
    await journal.synced('d2')
    expect(await ids(folder)).toEqual(['d2'])
  })
})

describe('A disk that does not keep up', () => {
  it('costs the newest records, never memory or time, and what was lost is never promised', async () => {
    const folder = await folderForTest()
    const { disk, openFile } = createDisk()
    const { journal, troubles } = await openTestJournal(folder, { openFile, queueBytes: 10_000, retryMs: 5 })
    let wellAgain = (): void => {}
    const well = new Promise<void>((resolve) => {
      wellAgain = resolve
    })
    disk.onWrite = () => well
    for (let i = 0; i < 100; i += 1) journal.record(delivery(`d${i}`), NO_LABEL, `key ${i}`)
    expect(troubles).toMatchObject([{ kind: 'stateUnwritable', message: expect.stringContaining('keep up') }])
    expect(journal.seen('key 0')?.id).toBe('d0')
    expect(journal.seen('key 99')).toBeNull()
    // What hangs on the lost one is lost with it; what hangs on a recorded one is not.
    journal.recordAttempt('d99', 1, answered(200))
    journal.settle('d99', 'acknowledged', 200)
    journal.settle('d0', 'acknowledged', 200)
    await expect(journal.synced('d99')).rejects.toMatchObject(UNWRITABLE)
    expect(journal.undelivered().map(({ id }) => id)).toEqual(['d0'])

    const kept = journal.synced('d0')
    wellAgain()
    await kept
    await eventually(() => troubles.length === 2)
    expect(troubles[1]?.message).toMatch(/\d\d records were lost/)
    await expect(journal.synced('d99')).rejects.toMatchObject(UNWRITABLE)
    journal.record(delivery('later'), NO_LABEL, null)
    await journal.synced('later')
    const recorded = await ids(folder)
    expect(recorded[0]).toBe('d0')
    expect(recorded.at(-1)).toBe('later')
    expect(recorded).not.toContain('d99')
  })
})

describe('A promise that a delivery is on disk', () => {
  it('is kept for all who wait in one turn with one sync', async () => {
    const folder = await folderForTest()
    const { disk, openFile } = createDisk()
    const { journal } = await openTestJournal(folder, { openFile })
    const all = Array.from({ length: 200 }, (_, i) => {
      journal.record(delivery(`d${i}`), NO_LABEL, null)
      return journal.synced(`d${i}`)
    })
    await Promise.all(all)
    expect(disk.syncCount).toBe(1)
    expect(await ids(folder)).toHaveLength(200)
  })

  it('is kept at once for somebody who asks when the one before was kept', async () => {
    const { journal } = await openTestJournal(await folderForTest(), { lingerMs: 60_000 })
    const acknowledge = async (id: string): Promise<void> => {
      journal.record(delivery(id), NO_LABEL, null)
      await journal.synced(id)
      journal.settle(id, 'delivered')
    }
    for (let i = 0; i < 20; i += 1) await acknowledge(`d${i}`)
  })

  it('is not kept by a write that had begun before it was asked for', async () => {
    const { disk, openFile } = createDisk()
    const { journal } = await openTestJournal(await folderForTest(), { openFile, retryMs: 60_000 })
    let writing = (): void => {}
    let goOn = (): void => {}
    const begun = new Promise<void>((resolve) => {
      writing = resolve
    })
    disk.onWrite = () => {
      writing()
      return new Promise((resolve) => {
        goOn = resolve
      })
    }
    journal.record(delivery('d1'), NO_LABEL, null)
    const first = journal.synced('d1')
    await begun
    journal.record(delivery('d2'), NO_LABEL, null)
    const second = journal.synced('d2')
    disk.onWrite = async () => {
      disk.room = 0
    }
    goOn()
    await first
    await expect(second).rejects.toMatchObject(UNWRITABLE)
  })

  it('is never given for a delivery that the journal does not know', async () => {
    const { journal } = await openTestJournal(await folderForTest())
    await expect(journal.synced('nobody')).rejects.toMatchObject(UNWRITABLE)
  })

  it('covers what was begun in an earlier segment', async () => {
    const folder = await folderForTest()
    const { disk, openFile } = createDisk()
    const limits = { deliveries: 30, ms: 1e12, bytes: 1e9 }
    const { journal } = await openTestJournal(folder, { openFile, limits, lingerMs: 0 })
    for (let i = 0; i < 9; i += 1) {
      journal.record(delivery(`d${i}`), NO_LABEL, null)
      await eventually(async () => (await ids(folder)).length === i + 1)
    }
    // Nobody has waited yet.
    expect(disk.syncCount).toBe(0)
    await journal.synced('d0')
    expect(disk.syncCount).toBe(3)
    await journal.synced('d8')
    expect(disk.syncCount).toBe(3)
  })

  it('does not cover a segment that was pruned meanwhile', async () => {
    const { disk, openFile } = createDisk()
    const limits = { deliveries: 10, ms: 1e12, bytes: 1e9 }
    const folder = await folderForTest()
    const { journal } = await openTestJournal(folder, { openFile, limits, lingerMs: 0 })
    for (let i = 0; i < 30; i += 1) {
      journal.record(delivery(`d${i}`), NO_LABEL, null)
      await eventually(async () => (await ids(folder)).at(-1) === `d${i}`)
    }
    await journal.synced('d29')
    expect(disk.syncCount).toBe((await readdir(join(folder, 'events'))).length)
  })
})
