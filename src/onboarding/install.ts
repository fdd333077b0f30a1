// Installing what the starter bot needs.
import { spawn } from 'node:child_process'
import { SECRET_NAMES } from '../config/dot-env.ts'
import { withoutVariables } from '../core/child-environment.ts'
import { DevHookError } from '../core/errors.ts'

/** Runs `npm install` in a folder; its output goes where ours goes. Throws `usage` when npm fails, or is not found. */
export async function installPackages(cwd: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  // npm is a `.cmd` on Windows, which only a shell can start.
  // What it installs may run scripts of its own, which have no use for the secrets of the shell.
  const child = spawn('npm install', {
    cwd,
    env: withoutVariables(env, SECRET_NAMES),
    shell: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const code = await new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (exitCode, signal) => resolve(exitCode ?? signal))
  })
  if (code === 0) return
  throw new DevHookError('usage', `npm install ended with ${code}`, {
    remedy: 'run `npm install` in this folder again',
  })
}
