// The package manager that dev-hook was started by: when it is gone, nobody is left who could end the run.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Environment } from '../../config/layers.ts'
import { codeOf } from '../../core/files.ts'

const LOOK_EVERY_MS = 1_000

/**
 * Calls back once when the package manager is gone. npm and yarn do not pass SIGTERM on to what they run, and none can
 * pass on SIGKILL; at a terminal its closing would tell, elsewhere nothing does. Without a package manager nothing is
 * watched: whoever ends the shell that has started dev-hook may well have meant it to go on.
 * Returns the function that undoes it.
 */
export function onPackageManagerGone(env: Environment, gone: () => void): () => void {
  // All of them say who they are in it.
  if (env['npm_config_user_agent'] === undefined) return () => undefined
  const parent = process.ppid
  let manager = parent
  // Most run a script through a shell, which may outlive them.
  void behindShell(parent).then((found) => {
    manager = found ?? parent
  })
  const timer = setInterval(() => {
    if (process.ppid === parent && exists(parent) && exists(manager)) return
    clearInterval(timer)
    gone()
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It is there, but not ours to signal.
    return codeOf(error) === 'EPERM'
  }
}

const SHELL = /(^|\/)(ba|da|k|z)?sh$/

/** The parent of a shell; `null` for a process that is none, and where that cannot be found out. */
async function behindShell(pid: number): Promise<number | null> {
  const { name, parent } = (await fromProc(pid)) ?? (await fromPs(pid)) ?? {}
  return name !== undefined && parent !== undefined && SHELL.test(name) ? parent : null
}

interface ProcessInfo {
  readonly name: string
  readonly parent: number
}

async function fromProc(pid: number): Promise<ProcessInfo | null> {
  // Only Linux has it; and the process may be gone by now.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // `pid (name) state parent …`; the name may hold anything, parentheses too.
  const [, name, parent] = /^\d+ \((.*)\) \S (\d+) /s.exec(stat) ?? []
  return name === undefined ? null : { name, parent: Number(parent) }
}

async function fromPs(pid: number): Promise<ProcessInfo | null> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=,comm=', '-p', String(pid)])
    const [, parent, name] = /^\s*(\d+)\s+-?(.*?)\s*$/s.exec(stdout) ?? []
    return name === undefined ? null : { name, parent: Number(parent) }
  } catch {
    // Windows has no `ps`; then only the parent itself is watched.
    return null
  }
}
