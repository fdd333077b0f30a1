// What is at a path.
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exists, isFile, isFolder } from '../../../src/core/files/exists.ts'
import { folderForTest } from '../../support/folder.ts'

describe('what is at a path', () => {
  it.each([
    ['nothing', 'nothing', [false, false, false]],
    ['a file', 'file', [true, true, false]],
    ['a folder', '.', [true, false, true]],
    ['something below a file', 'file/below', [false, false, false]],
    ['a link to a file', 'link', [true, true, false]],
    ['a link to nothing', 'dangling', [false, false, false]],
  ] as const)('is found out: %s', async (_what, name, expected) => {
    const folder = await folderForTest()
    await writeFile(join(folder, 'file'), '')
    await symlink(join(folder, 'file'), join(folder, 'link'))
    await symlink(join(folder, 'nothing'), join(folder, 'dangling'))
    const path = join(folder, name)
    expect([await exists(path), await isFile(path), await isFolder(path)]).toEqual(expected)
  })
})
