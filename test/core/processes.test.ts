// What the system says of real processes: zombies, odd names, children in groups of their own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { describeProcess, environmentOf, hasEnded, hasProcess, listProcesses } from '../../src/core/processes.ts'
import { folderForTest } from '../support/folder.ts'
import { eventually } from '../support/wait.ts'

const isLinux = process.platform === 'linux'
const hasPs = existsSync('/bin/ps')
/** The ways of asking that this machine has: Linux can be asked in both. */
const PLATFORMS = [
  ...(isLinux ? (['linux'] as const) : []),
  ...(process.platform !== 'win32' && hasPs ? (['darwin'] as const) : []),
]

/** Starts a process that lives until the test is over. */
function start(
  program: string,
  args: readonly string[],
  options: { readonly detached?: boolean; readonly env?: NodeJS.ProcessEnv } = {},
) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options })
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })
  return child
}

const pidOf = ({ pid }: ChildProcess): number => {
  if (pid === undefined) throw new Error('the process was not started')
  return pid
}

const nextLine = async (child: ChildProcess): Promise<string> => {
  if (!child.stdout) throw new Error('the process has no output')
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return String(line)
}

/** Node, asleep. */
const sleeper = (options: Parameters<typeof start>[2] = {}) =>
  start(process.execPath, ['-e', 'setInterval(() => {}, 60_000)'], options)

/** A process whose child has ended, without anybody asking how; the number of that child. */
async function zombieForTest(): Promise<number> {
  // The shell replaces itself by a program that never waits for its children; the child ends after that, or the shell would ask.
  const parent = start('/bin/sh', ['-c', 'exec 3<&0; cat <&3 & echo $!; exec sleep 60'])
  const pid = Number(await nextLine(parent))
  await eventually(async () => (await describeProcess(pidOf(parent)))?.name.includes('sleep') === true)
  parent.stdin?.end()
  return pid
}

describe.each(PLATFORMS)('A process as %s shows it', (platform) => {
  const described = (pid: number) => describeProcess(pid, platform)

  it('has its number, its name, its parent and its group', async () => {
    const child = sleeper()
    const seen = await described(pidOf(child))
    expect(seen).toMatchObject({ pid: child.pid, parent: process.pid, state: expect.stringMatching(/^[RSD]$/) })
    expect(seen?.name).toMatch(/node/)
    expect(seen?.group).toBe((await described(process.pid))?.group)
  })

  it('leads a group of its own when it was detached', async () => {
    const pid = pidOf(sleeper({ detached: true }))
    expect(await described(pid)).toMatchObject({ pid, group: pid, parent: process.pid })
  })

  it('keeps its mark as long as it lives, and one that was started at another time has another', async () => {
    const pid = pidOf(sleeper())
    const first = await described(pid)
    await eventually(async () => (await described(pid))?.state === 'S')
    expect((await described(pid))?.mark).toBe(first?.mark)
    expect(first?.mark).not.toBe((await described(1))?.mark)
  })

  it('has ended when it is a zombie, though it has a number still', async () => {
    const pid = await zombieForTest()
    await eventually(async () => (await described(pid))?.state === 'Z')
    const seen = await described(pid)
    expect(seen && hasEnded(seen)).toBe(true)
    expect(hasProcess(pid)).toBe(true)
  })

  it('is not there once it is gone', async () => {
    const child = sleeper()
    const pid = pidOf(child)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await described(pid)).toBeNull()
    expect(hasProcess(pid)).toBe(false)
  })

  it('is read rightly whatever its name looks like', async () => {
    const folder = await folderForTest()
    for (const name of ['a b', ') S 1 (', '(((', 'x) Z 0 0', ' 5 ']) {
      const program = join(folder, name)
      await copyFile('/bin/sleep', program)
      const pid = pidOf(start(program, ['60'], { detached: true }))
      await eventually(async () => (await described(pid))?.name.includes(name.trim()) === true)
      const seen = await described(pid)
      expect(seen).toMatchObject({ pid, parent: process.pid, group: pid, state: expect.stringMatching(/^[RSD]$/) })
      expect(seen?.mark).toMatch(platform === 'linux' ? /^[\da-f-]{36}\/\d+$/ : /\d\d:\d\d:\d\d \d{4}$/)
    }
  })
})

describe('On Windows', () => {
  it('nothing is said of a process', async () => {
    expect(await describeProcess(process.pid, 'win32')).toBeNull()
  })
})

describe('All processes', () => {
  it.runIf(isLinux)('have this one and its children among them', async () => {
    const pid = pidOf(sleeper())
    expect(await listProcesses()).toEqual(expect.arrayContaining([process.pid, pid, 1]))
  })

  it('that are there include this one', () => {
    expect(hasProcess(process.pid)).toBe(true)
  })

  it.runIf(process.platform !== 'win32')('that are there include those of others', () => {
    expect(hasProcess(1)).toBe(true)
  })
})

describe.runIf(isLinux)('The environment of a process', () => {
  it('is the one it was started with', async () => {
    const child = sleeper({ env: { MARK: 'a=b c', EMPTY: '', LINES: 'x\ny' } })
    await eventually(async () => (await environmentOf(pidOf(child))).length > 1)
    expect(await environmentOf(pidOf(child))).toEqual(expect.arrayContaining(['MARK=a=b c', 'EMPTY=', 'LINES=x\ny']))
  })

  it('is empty for a zombie and for what is gone', async () => {
    const pid = await zombieForTest()
    await eventually(async () => (await describeProcess(pid))?.state === 'Z')
    expect((await environmentOf(pid)).filter(Boolean)).toEqual([])
    expect((await environmentOf(2 ** 30)).filter(Boolean)).toEqual([])
  })
})
