// Telling a process from a later one with the same number, on every system.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { isAlive, processMark } from '../../src/lock/liveness.ts'

const hasPs = spawnSync('/bin/ps', ['-o', 'pid=']).status === 0

/** The ways that work here: what is done on macOS works on Linux too, where `ps` is installed. */
const WAYS = [
  ...(process.platform === 'linux' ? (['linux'] as const) : []),
  ...(process.platform !== 'win32' && hasPs ? (['darwin'] as const) : []),
]

describe.each(WAYS)('a process that was written down on %s', (platform) => {
  it('is alive under its own mark only, and gone when it has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    await once(child, 'spawn')
    const { pid = 0 } = child
    const note = { pid, mark: await processMark(pid, platform), at: Date.now() }
    expect(note.mark).toEqual(expect.any(String))
    expect(await processMark(pid, platform)).toBe(note.mark)
    expect(await isAlive(note, platform)).toBe(true)
    expect(await isAlive({ ...note, mark: 'of an earlier one' }, platform)).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await isAlive(note, platform)).toBe(false)
  })
})
