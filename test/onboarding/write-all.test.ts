import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PlannedFile } from '../../src/onboarding/plan.ts'
import { readProjectText } from '../../src/onboarding/read-text.ts'
import { writeAll } from '../../src/onboarding/write-all.ts'
import { folderForTest } from '../support/folder.ts'

const never = new AbortController().signal
const file = (name: string, before: string | null, after: string, isPrivate = false): PlannedFile => ({
  name,
  before,
  after,
  private: isPrivate,
})

describe('Writing several files', () => {
  it('writes them all, private ones for their owner alone, and leaves nothing else', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, '.env'), 'A=1\n')
    await chmod(join(cwd, '.env'), 0o644)
    await writeAll(cwd, [file('.env', 'A=1\n', 'A=1\nB=2\n', true), file('new.json', null, '{}')], never)
    expect(await readFile(join(cwd, '.env'), 'utf8')).toBe('A=1\nB=2\n')
    expect((await stat(join(cwd, '.env'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(cwd, 'new.json'))).mode & 0o400).toBe(0o400)
    expect((await readdir(cwd)).toSorted()).toEqual(['.env', 'new.json'])
  })

  it('keeps a byte order mark, and changes a file in UTF-16 to UTF-8, in which a bot reads it', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'marked'), '\uFEFFA=1\n')
    await writeFile(join(cwd, '.env'), '\uFEFFA=1\r\n', 'utf16le')
    const [marked, env] = await Promise.all(['marked', '.env'].map((name) => readProjectText(join(cwd, name))))
    await writeAll(
      cwd,
      [file('marked', marked ?? '', `${marked}B=2\n`), file('.env', env ?? '', `${env}B=2\r\n`)],
      never,
    )
    expect(await readFile(join(cwd, 'marked'), 'utf8')).toBe('\uFEFFA=1\nB=2\n')
    expect(await readFile(join(cwd, '.env'), 'utf8')).toBe('A=1\r\nB=2\r\n')
  })

  it('changes nothing when one file is not what was shown', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'b'), 'theirs')
    const files = [file('a', null, 'new'), file('b', 'mine', 'changed'), file('c', null, 'new')]
    await expect(writeAll(cwd, files, never)).rejects.toThrow('b was changed in the meantime')
    await expect(writeAll(cwd, [file('b', null, 'new')], never)).rejects.toThrow('b was changed in the meantime')
    expect(await readdir(cwd)).toEqual(['b'])
    expect(await readFile(join(cwd, 'b'), 'utf8')).toBe('theirs')
  })

  it('changes nothing when one file cannot be written', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'no'), 'a file')
    await expect(writeAll(cwd, [file('a', null, 'x'), file('no/such/b', null, 'x')], never)).rejects.toThrow(
      'no/such/b',
    )
    expect(await readdir(cwd)).toEqual(['no'])
  })

  it('changes nothing when it is ended before', async () => {
    const cwd = await folderForTest()
    await expect(writeAll(cwd, [file('a', null, 'x')], AbortSignal.abort())).rejects.toMatchObject({
      code: 'DEVHOOK_INTERRUPTED',
    })
    expect(await readdir(cwd)).toEqual([])
  })

  it('writes through a link, which stays one', async () => {
    const cwd = await folderForTest()
    await mkdir(join(cwd, 'shared'))
    await writeFile(join(cwd, 'shared', 'env'), 'A=1\n')
    await symlink('shared/env', join(cwd, '.env'))
    await writeAll(cwd, [file('.env', 'A=1\n', 'A=2\n', true)], never)
    expect((await lstat(join(cwd, '.env'))).isSymbolicLink()).toBe(true)
    expect(await readFile(join(cwd, 'shared', 'env'), 'utf8')).toBe('A=2\n')
  })
})
