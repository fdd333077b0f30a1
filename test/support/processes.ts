// The processes on this machine, as a test finds out whether one of its own still runs.
import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'

/** Whether a process runs. A zombie, which only waits to be reaped, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z'
  } catch {
    // No /proc, so what can be signalled is alive; or it has ended this moment.
    return process.platform !== 'linux'
  }
}

/** A process that runs now. */
export interface RunningProcess {
  readonly pid: number
  readonly command: string
}

/** The processes that have this home folder in their environment; none where the system has no /proc. */
export async function processesOf(home: string): Promise<readonly RunningProcess[]> {
  const entries = await readdir('/proc').catch(() => [])
  const found = await Promise.all(entries.filter((name) => /^\d+$/.test(name)).map((pid) => describe(pid, home)))
  return found.filter((it) => it !== null)
}

async function describe(pid: string, home: string): Promise<RunningProcess | null> {
  // One that has gone since the listing can no longer be read; the environment of one that only waits to be reaped is empty.
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  if (!environment.split('\0').includes(`HOME=${home}`)) return null
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return { pid: Number(pid), command: command.split('\0').join(' ').trim() }
}
