// A file that is set aside when it has become large.
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRotatedFile } from '../../../src/cli/output/rotated-file.ts'
import { folderForTest } from '../../support/folder.ts'

async function rotated(before: string | null = null) {
  const folder = await folderForTest()
  const path = join(folder, 'sub', 'a.log')
  const aside = join(folder, 'sub', 'a.1.log')
  const file = createRotatedFile(path, aside, 10)
  if (before !== null) {
    await file.append('')
    await file.close()
    await writeFile(path, before)
  }
  return {
    file,
    path,
    read: async () => [await readFile(aside, 'utf8').catch(() => null), await readFile(path, 'utf8')],
  }
}

describe('A rotated file', () => {
  it('is made with its folder, for its owner alone', async () => {
    const { file, path } = await rotated()
    await file.append('a\n')
    await file.close()
    expect((await stat(path)).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600)
  })

  it('goes on where it ended', async () => {
    const { file, read } = await rotated('old\n')
    await file.append('new\n')
    await file.close()
    expect(await read()).toEqual([null, 'old\nnew\n'])
  })

  it('is set aside when it is large already', async () => {
    const { file, read } = await rotated('this is much\n')
    await file.append('new\n')
    await file.close()
    expect(await read()).toEqual(['this is much\n', 'new\n'])
  })

  it('is set aside when it becomes large, in place of the one before', async () => {
    const { file, read } = await rotated()
    for (const text of ['first\n', 'second\n', 'third\n', 'fourth\n', 'fifth\n']) await file.append(text)
    await file.close()
    expect(await read()).toEqual(['third\nfourth\n', 'fifth\n'])
  })
})
