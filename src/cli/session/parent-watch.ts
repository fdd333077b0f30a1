// The package manager that dev-hook was started by: when it is gone, nobody is left who could end the run.

import type { Environment } from '../../config/layers.ts'
import { repeat } from '../../core/async.ts'
import { describeProcess, hasProcess } from '../../core/processes.ts'

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
  const stop = repeat(LOOK_EVERY_MS, () => {
    if (process.ppid === parent && hasProcess(parent) && hasProcess(manager)) return
    stop()
    gone()
  })
  return stop
}

const SHELL = /(^|\/)(ba|da|k|z)?sh$/

/** The parent of a shell; `null` for a process that is not a shell, and where that cannot be found out. */
async function behindShell(pid: number): Promise<number | null> {
  const shell = await describeProcess(pid)
  return shell !== null && SHELL.test(shell.name) ? shell.parent : null
}
