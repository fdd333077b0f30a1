import { mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readScriptFile, scriptFiles } from '../../../src/sandbox/play/script-files.ts'
import { folderForTest } from '../../support/folder.ts'

describe('Files to play', () => {
  it('are those of a folder, by their names, without hidden ones and folders', async () => {
    const folder = await folderForTest()
    for (const name of ['b.txt', 'a.json', '.hidden']) await writeFile(join(folder, name), '')
    await mkdir(join(folder, 'below'))
    expect(await scriptFiles(folder)).toEqual([join(folder, 'a.json'), join(folder, 'b.txt')])
  })

  it('are one where a file is named', async () => {
    const file = join(await folderForTest(), 'talk.txt')
    await writeFile(file, 'Jenny: hi\n')
    expect(await scriptFiles(file)).toEqual([file])
    expect((await readScriptFile(file, 'talk.txt')).steps).toHaveLength(1)
  })

  it('that are not there are an error', async () => {
    await expect(scriptFiles(join(await folderForTest(), 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('that cannot be read, or are larger than any recording, are named', async () => {
    const folder = await folderForTest()
    const endless = join(folder, 'endless')
    await writeFile(endless, '')
    await truncate(endless, 33 * 1024 * 1024)
    const wrong = { code: 'DEVHOOK_FIXTURE_INVALID' }
    await expect(readScriptFile(folder, 'talks')).rejects.toMatchObject(wrong)
    await expect(readScriptFile(folder, 'talks')).rejects.toThrow('talks cannot be read')
    await expect(readScriptFile(endless, 'endless')).rejects.toThrow('endless cannot be read: it is larger than 32 MiB')
  })
})
