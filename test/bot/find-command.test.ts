// What finding a command promises.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { assertCommand, findCommand } from '../../src/bot/find-command.ts'
import { DevHookError } from '../../src/core/errors.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'dev-hook-command-'))
  onTestFinished(() => rm(path, { recursive: true }))
  await mkdir(join(path, 'bin'))
  for (const name of ['run', 'bin/tool', 'bin/plain.txt']) await writeFile(join(path, name), '#!/bin/sh\n')
  for (const name of ['run', 'bin/tool']) await chmod(join(path, name), 0o755)
  return path
}

describe('Finding a command', () => {
  it('a command is looked for on PATH, in its order', async () => {
    const cwd = await folder()
    expect(await findCommand('tool', { cwd, path: `/nowhere:${cwd}/bin` })).toBe(join(cwd, 'bin/tool'))
    expect(await findCommand('tool', { cwd, path: '/nowhere' })).toBeNull()
    expect(await findCommand('tool', { cwd, path: undefined })).toBeNull()
  })

  it('a command with a slash is looked for from the working folder, not on PATH', async () => {
    const cwd = await folder()
    expect(await findCommand('./run', { cwd, path: '' })).toBe(join(cwd, 'run'))
    expect(await findCommand('bin/tool', { cwd, path: '/nowhere' })).toBe(join(cwd, 'bin/tool'))
    expect(await findCommand('./tool', { cwd, path: `${cwd}/bin` })).toBeNull()
  })

  it('folders, files that may not be run and nothing are not commands', async () => {
    const cwd = await folder()
    expect(await findCommand('./bin', { cwd, path: '' })).toBeNull()
    expect(await findCommand('plain.txt', { cwd, path: `${cwd}/bin` })).toBeNull()
    expect(await findCommand('', { cwd, path: `${cwd}/bin` })).toBeNull()
  })

  it('a command that is missing is said before anything is started', async () => {
    const cwd = await folder()
    const missing = assertCommand('no-such-tool', { cwd, path: `${cwd}/bin` })
    await expect(missing).rejects.toThrow('the command `no-such-tool` was not found')
    await missing.catch((error: unknown) => expect((error as DevHookError).is('commandNotFound')).toBe(true))
    await assertCommand('tool', { cwd, path: `${cwd}/bin` })
  })

  it.each([
    ['bot.js', '`-- node bot.js`'],
    ['./start.sh', '`-- sh ./start.sh`, or make it executable: `chmod +x ./start.sh`'],
    ['./start', 'put the program that runs it before it, or make it executable: `chmod +x ./start`'],
  ])('a file that is no command by itself is not said to be missing: %s', async (command, remedy) => {
    const cwd = await folder()
    await writeFile(join(cwd, command), '')
    await expect(assertCommand(command, { cwd, path: `${cwd}/bin` })).rejects.toMatchObject({
      message: `\`${command}\` is a file that is not a command by itself`,
      remedy,
    })
  })

  it('a whole command line in quotes is told how to give it', async () => {
    const thrown = await assertCommand('node bot.js', { cwd: tmpdir(), path: '' }).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(DevHookError)
    expect(thrown).toHaveProperty('remedy', 'give the command without quotes: dev-hook -- node bot.js')
  })

  it('a working folder that is missing is said as such', async () => {
    await expect(assertCommand('sh', { cwd: '/no/such/folder', path: '/bin' })).rejects.toThrow(/no folder/)
  })
})
