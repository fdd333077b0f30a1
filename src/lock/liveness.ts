// Whether a process that somebody wrote down earlier is still that process, and alive.
import { uptime } from 'node:os'
import { describeProcess, hasEnded, hasProcess } from '../core/processes.ts'

/** A process as it was written down. */
export interface ProcessNote {
  readonly pid: number
  /** What tells it from a later process with the same number; `null` where the system does not say. */
  readonly mark: string | null
  /** When it was written down; milliseconds since the epoch. */
  readonly at: number
}

/** What tells a process from all others that had or will have its number on this machine; `null` on Windows. */
export async function processMark(pid: number, platform: NodeJS.Platform = process.platform): Promise<string | null> {
  return (await describeProcess(pid, platform))?.mark ?? null
}

/** True unless the process certainly is gone. */
export async function isAlive(note: ProcessNote, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const { pid, mark, at } = note
  if (!hasProcess(pid)) return false
  const seen = await describeProcess(pid, platform)
  // Only a reboot tells then: numbers start over. A minute for a clock that was set meanwhile.
  if (seen === null) return at > Date.now() - uptime() * 1_000 - 60_000
  if (hasEnded(seen)) return false
  return mark === null || mark === seen.mark
}
