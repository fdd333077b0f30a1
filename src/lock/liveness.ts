// Whether a process that somebody wrote down earlier is still that process, and alive.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { uptime } from 'node:os'
import { promisify } from 'node:util'
import { codeOf } from '../core/files.ts'

/** A process as it was written down. */
export interface ProcessNote {
  readonly pid: number
  /** What tells it from a later process with the same number; `null` where the system does not say. */
  readonly mark: string | null
  /** When it was written down; milliseconds since the epoch. */
  readonly at: number
}

/** What tells this process from all others that had or will have its number on this machine; `null` on Windows. */
export async function processMark(pid: number, platform: NodeJS.Platform = process.platform): Promise<string | null> {
  return (await look(pid, platform))?.mark ?? null
}

/** True unless the process certainly is gone. */
export async function isAlive(note: ProcessNote, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const { pid, mark, at } = note
  if (!hasProcess(pid)) return false
  const seen = await look(pid, platform)
  // Only a reboot tells then: numbers start over. A minute for a clock that was set meanwhile.
  if (seen === null) return at > Date.now() - uptime() * 1_000 - 60_000
  // A zombie has died, only nobody has asked yet.
  if (seen.state === 'Z' || seen.state === 'X') return false
  return mark === null || mark === seen.mark
}

function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It is there, but not ours to signal.
    return codeOf(error) === 'EPERM'
  }
}

interface Seen {
  /** One letter. */
  readonly state: string
  readonly mark: string
}

/** `null` when it is gone by now, hidden from us, or on a system that does not say when a process began. */
async function look(pid: number, platform: NodeJS.Platform): Promise<Seen | null> {
  if (platform === 'win32') return null
  return platform === 'linux' ? fromProc(pid) : fromPs(pid)
}

async function fromProc(pid: number): Promise<Seen | null> {
  const stat = await read(`/proc/${pid}/stat`)
  // The second field is the program's name in parentheses, and may contain anything; state is the third, start the 22nd.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const startTime = fields[18]
  if (state === undefined || startTime === undefined) return null
  return { state, mark: `${(await read('/proc/sys/kernel/random/boot_id')).trim()}/${startTime}` }
}

const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

/** macOS and the like have no /proc, and say the second in which a process began. */
async function fromPs(pid: number): Promise<Seen | null> {
  try {
    // The same words whoever asks, and wherever.
    const env = { LC_ALL: 'C', TZ: 'UTC' }
    const { stdout } = await promisify(execFile)('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env })
    const [, state, mark] = /^\s*(\S)\S*\s+(.*?)\s*$/s.exec(stdout) ?? []
    return state === undefined || mark === undefined ? null : { state, mark }
  } catch {
    // No such process by now.
    return null
  }
}
