// Installing what a manifest names, with the package manager of the project.
import { spawn } from 'node:child_process'
import { SECRET_NAMES } from '../config/dot-env.ts'
import { neverAborted, onAbort } from '../core/async.ts'
import { withoutVariables } from '../core/child-environment.ts'
import type { Project } from './inspect-project.ts'
import { installCommand } from './package-manager.ts'

/**
 * Runs `npm install`, or its like, in a folder; its output goes where ours goes. Resolves with whether it worked: not where the signal
 * has ended it.
 */
export async function installPackages(
  { cwd, manager }: Pick<Project, 'cwd' | 'manager'>,
  env: Readonly<Record<string, string | undefined>>,
  ended: AbortSignal = neverAborted(),
): Promise<boolean> {
  // npm is a `.cmd` on Windows, which only a shell can start.
  // What it installs may run scripts of its own, which have no use for the secrets of the shell.
  const child = spawn(installCommand(manager), {
    cwd,
    env: withoutVariables(env, SECRET_NAMES),
    shell: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  // The terminal sends Ctrl-C to it as well; other signals reach us alone.
  const off = onAbort(ended, () => void child.kill())
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null))
    child.once('close', resolve)
  }).finally(off)
  return code === 0
}
