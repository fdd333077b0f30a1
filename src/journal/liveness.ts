// Whether a process that somebody wrote down earlier is still that process, and alive.
import { readFile } from 'node:fs/promises'
import { uptime } from 'node:os'
import { codeOf } from '../core/files.ts'

/** A process as it was written down. */
export interface ProcessNote {
  readonly pid: number
  /** What tells it from a later process with the same number; `null` where the system does not say. */
  readonly mark: string | null
  /** When it was written down; milliseconds since the epoch. */
  readonly at: number
}

/** What tells this process from all others that had or will have its number on this machine. */
export async function processMark(pid: number): Promise<string | null> {
  const stat = await readStat(pid)
  return stat === null ? null : `${await bootId()}/${stat.startTime}`
}

/** True unless the process certainly is gone. */
export async function isAlive({ pid, mark, at }: ProcessNote): Promise<boolean> {
  if (!hasProcess(pid)) return false
  const stat = await readStat(pid)
  // Elsewhere than on Linux only a reboot tells: numbers start over. A minute for a clock that was set meanwhile.
  if (stat === null) return at > Date.now() - uptime() * 1_000 - 60_000
  // A zombie has died, only nobody has asked yet.
  if (stat.state === 'Z' || stat.state === 'X') return false
  return mark === null || mark === `${await bootId()}/${stat.startTime}`
}

function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It is there, but not ours to signal.
    return codeOf(error) === 'EPERM'
  }
}

async function readStat(pid: number): Promise<{ state: string; startTime: string } | null> {
  const stat = await readProc(`/proc/${pid}/stat`)
  // The second field is the program's name in parentheses, and may contain anything; state is the third, start the 22nd.
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  const startTime = fields[18]
  return state === undefined || startTime === undefined ? null : { state, startTime }
}

const bootId = async (): Promise<string> => (await readProc('/proc/sys/kernel/random/boot_id'))?.trim() ?? ''

async function readProc(path: string): Promise<string | null> {
  if (process.platform !== 'linux') return null
  try {
    return await readFile(path, 'utf8')
  } catch {
    // Gone by now, or hidden from us: the caller does without.
    return null
  }
}
