// dev-hook as people start it in a project: by a script of their package manager, at a terminal or not.

import { spawn } from 'node:child_process'
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { spawn as spawnAtTerminal } from '@lydell/node-pty'
import { expect, onTestFinished } from 'vitest'
import { MAIN } from '../built.ts'
import { ECHO_BOT } from '../cli/cli.ts'
import { folderForTest } from '../folder.ts'
import { freePort } from '../free-port.ts'
import { registrationOf, snapshotsIn } from '../leftovers.ts'
import { sandboxForTest } from '../platform/sandboxes.ts'
import { processesOf } from '../processes.ts'
import { eventually } from '../wait.ts'
import { PROJECT } from './package.ts'

type Command = readonly [program: string, ...args: string[]]

export interface Managed {
  /** The package manager's own process. */
  readonly pid: number
  press(keys: string): void
  /** Closes the terminal. */
  close(): void
  /** Resolves when the package manager has ended: with its code, or `null` for a signal. */
  readonly ended: Promise<number | null>
  screen(): string
  /** Expects that the platform is as it was, and that nothing runs on. */
  expectUndone(): Promise<void>
}

/** Starts it with a bot; resolves when both are ready. */
export async function startManaged(command: Command, atTerminal: boolean): Promise<Managed> {
  const platform = await sandboxForTest()
  const before = registrationOf({ platform })
  const home = await projectForTest()
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    TERM: 'xterm',
    APIHOST: platform.api,
    TOKEN: platform.token,
    PORT: String(await freePort()),
    // Without them npm and yarn look for newer versions of themselves.
    npm_config_update_notifier: 'false',
    YARN_ENABLE_TELEMETRY: '0',
  }
  let written = ''
  const run = (atTerminal ? withTerminal : withPipes)(command, { cwd: home, env }, (text) => {
    written += text
  })
  onTestFinished(async () => {
    for (const { pid } of await processesOf(home)) tryKill(pid)
  })
  const screen = (): string => stripVTControlCharacters(written)
  await eventually(() => screen().includes('Ready in') && screen().includes('bot ready'))
  expect(registrationOf({ platform })).not.toEqual(before)
  return {
    ...run,
    screen,
    expectUndone: async () => {
      await eventually(async () => (await processesOf(home)).length === 0)
      expect(registrationOf({ platform })).toEqual(before)
      expect(await snapshotsIn(home)).toEqual([])
    },
  }
}

/** A project with a bot, and `dev-hook` where package managers look for it. */
async function projectForTest(): Promise<string> {
  const folder = await folderForTest()
  const modules = join(folder, 'node_modules')
  const bin = join(modules, '.bin', 'dev-hook')
  await mkdir(join(modules, '.bin'), { recursive: true })
  await writeFile(bin, `#!/bin/sh\nexec node '${MAIN}' "$@"\n`)
  await chmod(bin, 0o755)
  await symlink(join(PROJECT, 'node_modules/chipchat'), join(modules, 'chipchat'))
  await copyFile(ECHO_BOT, join(folder, 'bot.js'))
  const dev = 'dev-hook --tunnel loopback --take-over --no-watch -- node bot.js'
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', scripts: { dev } }))
  return folder
}

type Running = Pick<Managed, 'pid' | 'press' | 'close' | 'ended'>
type Place = { readonly cwd: string; readonly env: Readonly<Record<string, string>> }

function withTerminal([program, ...args]: Command, place: Place, hear: (text: string) => void): Running {
  const terminal = spawnAtTerminal(program, args, { ...place, cols: 160, rows: 40 })
  terminal.onData(hear)
  return {
    pid: terminal.pid,
    press: (keys) => terminal.write(keys),
    close: () => terminal.kill('SIGHUP'),
    ended: new Promise((resolve) =>
      terminal.onExit(({ exitCode, signal }) => resolve(signal === undefined || signal === 0 ? exitCode : null)),
    ),
  }
}

function withPipes([program, ...args]: Command, place: Place, hear: (text: string) => void): Running {
  const child = spawn(program, args, { ...place, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.on('data', (chunk: Buffer) => hear(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => hear(chunk.toString()))
  if (child.pid === undefined) throw new Error(`${program} cannot be started`)
  return {
    pid: child.pid,
    press: () => undefined,
    close: () => undefined,
    ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has gone since it was looked up.
  }
}
