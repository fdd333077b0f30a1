// What starting, hearing and ending a command promises.

import { rm } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type BotProcess, type Command, startProcess } from '../../src/bot/process.ts'
import { commandOf, environmentOf, PROGRAMS } from '../support/bot/programs.ts'
import { type Prints, recordPrints } from '../support/bot/record.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { isAlive } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'

function start(command: Command, env: Record<string, string>, prints: Prints, killAfterMs = 5_000): BotProcess {
  const process = startProcess({ command, cwd: PROGRAMS, env, killAfterMs, output: prints.output })
  onTestFinished(() => process.end())
  return process
}

describe('A bot process', () => {
  it('what a bot prints is passed on line by line, streams apart, with its colours', async () => {
    const heard: string[] = []
    const process = startProcess({
      command: commandOf('colours'),
      cwd: PROGRAMS,
      env: environmentOf(1),
      killAfterMs: 1_000,
      output: (stream, line) => void heard.push(`${stream}: ${line}`),
    })
    expect(await process.exited).toEqual({ code: 0 })
    expect(heard.filter((line) => line.startsWith('stdout'))).toEqual([
      'stdout: \u001b[31mred\u001b[0m',
      'stdout: plain',
      'stdout: ',
      'stdout: no end',
    ])
    expect(heard.filter((line) => line.startsWith('stderr'))).toEqual(['stderr: \u001b[33mwarning ü\u001b[0m'])
    await process.end()
  })

  it('a bot that reads its input does not hear the end of it', async () => {
    const reads = "process.stdin.on('end', () => process.exit(9)).resume(); setTimeout(() => process.exit(0), 300)"
    const process = start([globalThis.process.execPath, '-e', reads], environmentOf(1), recordPrints())
    expect(await process.exited).toEqual({ code: 0 })
  })

  it('a bot that crashes at its start tells its code, and its last 20 lines are kept', async () => {
    const process = start(commandOf('crashes'), environmentOf(1), recordPrints())
    expect(process.exit()).toBeNull()
    expect(await process.exited).toEqual({ code: 3 })
    expect(process.exit()).toEqual({ code: 3 })
    expect(process.lastLines()).toEqual(Array.from({ length: 20 }, (_, i) => `line ${i + 6}`))
  })

  it('a folder that is gone is named, and not the program that was to be started in it', async () => {
    const folder = await folderForTest()
    await rm(folder, { recursive: true })
    const { command, killAfterMs } = { command: commandOf('listens'), killAfterMs: 1_000 }
    const process = startProcess({ command, cwd: folder, env: environmentOf(1), killAfterMs, output: () => undefined })
    expect(await process.exited).toEqual({ code: 'ENOENT' })
    expect(process.lastLines()).toEqual([`there is no folder ${folder} any more`])
  })

  it('a bot that ends when asked is not killed', async () => {
    const prints = recordPrints()
    const process = start(commandOf('listens'), environmentOf(await freePort()), prints, 60_000)
    await eventually(() => prints.lines.length >= 2)
    await process.end()
    expect(await process.exited).toEqual({ code: 0 })
    expect(prints.living()).toEqual([])
  })

  it('a bot that ignores the request to leave is killed after its time', async () => {
    const prints = recordPrints()
    const process = start(commandOf('stubborn'), environmentOf(await freePort()), prints, 300)
    await eventually(() => prints.pids().length === 1)
    await process.end()
    expect(await process.exited).toEqual({ code: 'SIGKILL' })
    expect(prints.lines).toContain('no')
    expect(prints.living()).toEqual([])
  })

  it('grandchildren end with the bot, those that ignore the request too', async () => {
    const prints = recordPrints()
    const process = start(commandOf('family'), environmentOf(await freePort()), prints, 300)
    await eventually(() => prints.pids().length === 3)
    expect(prints.living()).toHaveLength(3)
    await process.end()
    expect(prints.living()).toEqual([])
  })

  it('grandchildren that outlive the bot are ended all the same', async () => {
    const prints = recordPrints()
    const env = environmentOf(await freePort(), { LEADER: 'exits' })
    const process = start(commandOf('family'), env, prints, 300)
    expect(await process.exited).toEqual({ code: 4 })
    expect(prints.living()).toHaveLength(2)
    await process.end()
    expect(prints.living()).toEqual([])
  })

  it('a bot started by a shell ends with its shell', async () => {
    const prints = recordPrints()
    const command = commandOf('listens').join(' ')
    const process = start(['sh', '-c', `${command}; echo after`], environmentOf(await freePort()), prints)
    await eventually(() => prints.lines.length >= 2)
    await process.end()
    expect(prints.living()).toEqual([])
  })

  it('ending twice is ending once, and ending what has ended is done at once', async () => {
    const process = start(commandOf('crashes'), environmentOf(1), recordPrints())
    await process.exited
    expect(process.end()).toBe(process.end())
    await process.end()
  })

  it('a signal from elsewhere is the code of the exit', async () => {
    const prints = recordPrints()
    const child = start(commandOf('never-listens'), environmentOf(1), prints)
    await eventually(() => prints.pids().length === 1)
    process.kill(child.pid ?? 0, 'SIGKILL')
    expect(await child.exited).toEqual({ code: 'SIGKILL' })
  })

  it.each([
    ['a program that does not exist', ['no-such-program-here'], PROGRAMS, 'ENOENT'],
    ['a folder that does not exist', commandOf('listens'), `${PROGRAMS}/nowhere`, 'ENOENT'],
    ['an argument that no program can get', [process.execPath, 'a\0b'], PROGRAMS, 'ERR_INVALID_ARG_VALUE'],
  ] as const)('%s is an exit with its reason', async (_, [program, ...args], cwd, code) => {
    const child = startProcess({
      command: [program, ...args],
      cwd,
      env: environmentOf(1),
      killAfterMs: 100,
      output: () => {},
    })
    expect(child.pid).toBeNull()
    expect(await child.exited).toEqual({ code })
    expect(child.lastLines()).toHaveLength(1)
    // What could not be passed on may be secret.
    expect(child.lastLines()[0]).not.toContain('a\\x00b')
    await child.end()
  })

  it('a program that left the group keeps nobody waiting', async () => {
    const prints = recordPrints()
    const away = `require('node:child_process').spawn(process.execPath,['never-listens.js'],{detached:true,stdio:'inherit'})`
    const child = start([process.execPath, '-e', `${away};setInterval(()=>{},9e6)`], environmentOf(1), prints)
    await eventually(() => prints.pids().length === 1)
    await child.end()
    const [pid = 0] = prints.pids()
    expect(isAlive(pid)).toBe(true)
  })
})
