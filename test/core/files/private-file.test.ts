import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makePrivateFolder, writePrivateFile } from '../../../src/core/files/private-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dev-hook-files-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe.skipIf(process.platform === 'win32')('A private folder', () => {
  it('is closed to others, though it was there before and open', async () => {
    const open = join(folder, 'open')
    await mkdir(open)
    await chmod(open, 0o777)
    await makePrivateFolder(open)
    expect((await stat(open)).mode & 0o777).toBe(0o700)
  })

  it('stays open where everybody keeps things of their own', async () => {
    await chmod(folder, 0o1777)
    await makePrivateFolder(folder)
    expect((await stat(folder)).mode & 0o7777).toBe(0o1777)
  })
})

describe('A folder that is made with those around it', () => {
  it('is there for everybody who makes it in the same instant', async () => {
    const paths = Array.from({ length: 20 }, (_, i) => join(folder, 'a', 'b', 'c', String(i % 4)))
    await Promise.all(paths.map(makePrivateFolder))
    expect(await readdir(join(folder, 'a', 'b', 'c'))).toEqual(['0', '1', '2', '3'])
  })

  it.skipIf(process.platform !== 'linux')('is refused at once where the system lets nobody make one', async () => {
    await expect(makePrivateFolder('/proc/dev-hook/state')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is refused where a file is in its place, or above it', async () => {
    await writePrivateFile(join(folder, 'file'), '')
    await expect(makePrivateFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(makePrivateFolder(join(folder, 'file', 'a'))).rejects.toThrow()
  })
})

describe('A private file', () => {
  it('is replaced whole, and for its owner only', async () => {
    const path = join(folder, 'a', 'file.json')
    await makePrivateFolder(join(folder, 'a'))
    await writePrivateFile(path, 'one')
    await writePrivateFile(path, 'two')
    expect(await readFile(path, 'utf8')).toBe('two')
    expect((await stat(path)).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600)
    expect((await stat(join(folder, 'a'))).mode & 0o077).toBe(process.platform === 'win32' ? 0o066 : 0)
  })

  it('that cannot be written leaves nothing half-written behind', async () => {
    await makePrivateFolder(join(folder, 'taken'))
    await expect(writePrivateFile(join(folder, 'taken'), 'x')).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['taken'])
  })

  it('is one of those written at the same time, never a mixture', async () => {
    const path = join(folder, 'file')
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000))
    await Promise.all(texts.map((text) => writePrivateFile(path, text)))
    expect(texts).toContain(await readFile(path, 'utf8'))
    expect(await readdir(folder)).toEqual(['file'])
  })
})
