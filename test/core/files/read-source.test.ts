// Reading the files that people keep options in, pipes too.
import { execFile, spawn } from 'node:child_process'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { readSource } from '../../../src/core/files/read-source.ts'
import { folderForTest } from '../../support/folder.ts'

const run = promisify(execFile)
const textOf = async (...given: Parameters<typeof readSource>): Promise<string> =>
  (await readSource(...given)).toString()

describe('A file of options', () => {
  it('is read as it is, and missing ones say so', async () => {
    const path = join(await folderForTest(), 'file')
    await expect(readSource(path)).rejects.toMatchObject({ code: 'ENOENT' })
    await writeFile(path, 'A=1\n')
    expect(await textOf(path)).toBe('A=1\n')
    await writeFile(path, '')
    expect(await textOf(path)).toBe('')
  })

  it('that is a folder is none', async () => {
    await expect(readSource(await folderForTest())).rejects.toMatchObject({ code: 'EISDIR' })
  })

  it('that is too large is refused, and named so', async () => {
    const path = join(await folderForTest(), 'file')
    await writeFile(path, Buffer.alloc(4 * 1024 * 1024 + 1))
    await expect(readSource(path)).rejects.toThrow('it is larger than 4 MiB')
  })
})

describe.runIf(process.platform !== 'win32')('A named pipe', () => {
  async function pipe(): Promise<string> {
    const path = join(await folderForTest(), '.env')
    await run('mkfifo', [path])
    return path
  }

  it('is read up to its end, however late and in however many pieces it is written', async () => {
    const path = await pipe()
    const writer = spawn('sh', ['-c', `{ sleep 0.1; printf 'A=1\\n'; sleep 0.1; printf 'B=2\\n'; } > ${path}`])
    onTestFinished(() => void writer.kill())
    expect(await textOf(path, { pipeMs: 30_000 })).toBe('A=1\nB=2\n')
  })

  it('is read again by the next one who opens it', async () => {
    const path = await pipe()
    const writer = spawn('sh', ['-c', `while :; do printf 'A=1\\n' > ${path}; sleep 0.05; done`])
    onTestFinished(() => void writer.kill('SIGKILL'))
    for (let n = 0; n < 5; n += 1) expect(await textOf(path, { pipeMs: 30_000 })).toMatch(/^(A=1\n)+$/)
  })

  it('into which nobody writes is given up, and keeps nothing else waiting', async () => {
    const path = await pipe()
    await expect(readSource(path, { pipeMs: 50 })).rejects.toThrow('a pipe into which nobody has written for 0.05 s')
    const end = new AbortController()
    const reading = readSource(path, { signal: end.signal })
    end.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
  })

  it('as .env is the config when somebody serves it, and named when nobody does', async () => {
    const path = await pipe()
    const context = { cwd: join(path, '..'), env: {}, platform: process.platform, sourceOf: (key: string) => key }
    const writer = spawn('sh', ['-c', `printf 'PORT=4321\\n' > ${path}`])
    onTestFinished(() => void writer.kill())
    expect((await loadConfig({}, context)).port).toBe(4321)
    await expect(loadConfig({}, context)).rejects.toThrow('.env cannot be read: it is a pipe into which nobody')
  })

  it('is no module', async () => {
    const cwd = join(await pipe(), '..')
    await symlink('.env', join(cwd, 'dev-hook.config.js'))
    const context = { cwd, env: {}, platform: process.platform, sourceOf: (key: string) => key }
    await expect(loadConfig({}, context)).rejects.toThrow('dev-hook.config.js cannot be read: it is not a regular file')
  })
})
