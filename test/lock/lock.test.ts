import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openLock, readLock } from '../../src/lock/lock.ts'
import { folderForTest } from '../support/folder.ts'
import { startChild } from '../support/journal/journal.ts'

const info = { runId: 'run-1', user: 'tester' }

/** A lock file as somebody else may have left it. */
const leaveLock = async (folder: string, fields: object): Promise<string> => {
  const path = join(folder, 'lock')
  const claim = { runId: 'old', user: 'other', host: hostname(), pid: 1, started: Date.now(), token: 'old', mark: null }
  await writeFile(path, JSON.stringify({ ...claim, ...fields }))
  return path
}

const long = (ms: number): Date => new Date(Date.now() - ms)

describe('the lock of a bot', () => {
  it('is taken in an empty place, says who holds it, and is gone after close', async () => {
    const folder = join(await folderForTest(), 'bots', 'b1')
    const lock = await openLock(folder, info)
    expect(await readLock(folder)).toEqual(lock.holder)
    expect(lock.holder).toMatchObject({ runId: 'run-1', user: 'tester', host: hostname(), pid: process.pid })
    if (process.platform !== 'win32') expect((await stat(join(folder, 'lock'))).mode & 0o777).toBe(0o600)
    await lock.close()
    await lock.close()
    expect(await readLock(folder)).toBeNull()
    expect(await readdir(folder)).toEqual([])
  })

  it('is refused while a live process holds it, and the error names the holder', async () => {
    const folder = await folderForTest()
    const child = startChild('lock-holder.mjs', folder, 'run-2')
    expect(await child.nextLine()).toBe('held')
    const error = await openLock(folder, info).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'DEVHOOK_TAKEN', failure: 'taken' })
    expect(String(error)).toContain('holds this bot: tester, since 20')
    expect((await readLock(folder))?.runId).toBe('run-2')
  })

  it('is refused to the same process a second time', async () => {
    const folder = await folderForTest()
    const lock = await openLock(folder, info)
    await expect(openLock(folder, info)).rejects.toMatchObject({ code: 'DEVHOOK_TAKEN' })
    await lock.close()
    await (await openLock(folder, info)).close()
  })

  it('is free at once after its holder was killed', async () => {
    const folder = await folderForTest()
    const child = startChild('lock-holder.mjs', folder, 'run-2')
    expect(await child.nextLine()).toBe('held')
    await child.kill('SIGKILL')
    expect(await readLock(folder)).toBeNull()
    const lock = await openLock(folder, info)
    expect(await readdir(folder)).toEqual(['lock'])
    await lock.close()
  })

  it('goes to exactly one of several that start at the same instant, also when a dead run left it', async () => {
    for (const leftover of [false, true, true]) {
      const folder = await folderForTest()
      if (leftover) await leaveLock(folder, { pid: 2 ** 22 + 5 })
      const at = String(Date.now() + 600)
      const children = Array.from({ length: 6 }, (_, i) => startChild('lock-holder.mjs', folder, `run-${i}`, at))
      const said = await Promise.all(children.map((child) => child.nextLine()))
      expect(said.filter((line) => line === 'held')).toHaveLength(1)
      expect(said.filter((line) => line.startsWith('DEVHOOK_TAKEN'))).toHaveLength(5)
      expect((await readLock(folder))?.runId).toBe(`run-${said.indexOf('held')}`)
      expect(await readdir(folder)).toEqual(['lock'])
      await Promise.all(children.map((child) => child.kill('SIGKILL')))
    }
  })

  it('is never held by two while processes race for what dead runs left, hundreds of times over', async () => {
    const folder = await folderForTest()
    const racers = Array.from({ length: 4 }, (_, i) => startChild('lock-racer.mjs', folder, `racer-${i}`, '120'))
    expect(await Promise.all(racers.map((racer) => racer.nextLine()))).toEqual(['0', '0', '0', '0'])
  })

  // Windows does not say when a process began.
  it.runIf(process.platform !== 'win32')('is taken over from a process whose number was given anew', async () => {
    const folder = await folderForTest()
    await leaveLock(folder, { pid: process.pid, mark: 'another-boot/1' })
    await (await openLock(folder, info)).close()
  })

  it('is taken over from a process that only has the number of its holder, where nothing else tells them apart', async () => {
    const folder = await folderForTest()
    const path = await leaveLock(folder, { pid: process.pid, mark: null })
    await expect(openLock(folder, info)).rejects.toThrow('holds this bot: other, since')
    await utimes(path, long(120_000), long(120_000))
    await (await openLock(folder, info)).close()
  })

  it('is taken over when it says nothing, as a power failure may leave it', async () => {
    for (const text of ['', '{"pid":', '[]', '{}']) {
      const folder = await folderForTest()
      const path = join(folder, 'lock')
      await writeFile(path, text)
      await utimes(path, long(120_000), long(120_000))
      await (await openLock(folder, info)).close()
    }
  })

  it('is respected on another machine as long as it is touched there', async () => {
    const folder = await folderForTest()
    const path = await leaveLock(folder, { host: 'elsewhere', pid: 2 ** 22 + 5 })
    await expect(openLock(folder, info)).rejects.toThrow('holds this bot: other, since')
    await utimes(path, long(120_000), long(120_000))
    await (await openLock(folder, info)).close()
  })

  it('is not taken away from a newer holder by close', async () => {
    const folder = await folderForTest()
    const lock = await openLock(folder, info)
    const path = await leaveLock(folder, { runId: 'newer', token: 'newer', pid: process.pid })
    await lock.close()
    expect(await readFile(path, 'utf8')).toContain('newer')
  })

  it('says that the folder cannot be written', async () => {
    const folder = join(await folderForTest(), 'file')
    await writeFile(folder, '')
    await expect(openLock(folder, info)).rejects.toMatchObject({ code: 'DEVHOOK_STATE_UNWRITABLE' })
    await expect(openLock(join(folder, 'below'), info)).rejects.toMatchObject({ code: 'DEVHOOK_STATE_UNWRITABLE' })
  })

  it('survives a folder in its place without hanging', async () => {
    const folder = await folderForTest()
    await mkdir(join(folder, 'lock'))
    await expect(openLock(folder, info)).rejects.toMatchObject({ code: 'DEVHOOK_STATE_UNWRITABLE' })
  })
})
