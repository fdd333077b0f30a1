// Whether a process that was recorded earlier is still that process, and alive.
import { uptime } from 'node:os'
import { describeProcess, hasEnded, hasProcess } from '../core/processes.ts'

/** A process as it was recorded. */
export interface ProcessNote {
  readonly pid: number
  /** What tells the process from a later one with the same number; `null` where the system does not say. */
  readonly mark: string | null
  /** When the process was recorded; milliseconds since the epoch. */
  readonly at: number
}

/** Gives what tells a process from all others that had or will have its number on this machine; `null` on Windows. */
export async function processMark(pid: number, platform: NodeJS.Platform = process.platform): Promise<string | null> {
  return (await describeProcess(pid, platform))?.mark ?? null
}

/** Whether a recorded process may still run: true unless it certainly is gone. */
export async function isAlive(note: ProcessNote, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const { pid, mark, at } = note
  if (!hasProcess(pid)) return false
  const seen = await describeProcess(pid, platform)
  // Only a reboot tells then: numbers start over. A minute for a clock that was set meanwhile.
  if (seen === null) return at > Date.now() - uptime() * 1_000 - 60_000
  if (hasEnded(seen)) return false
  return mark === null || mark === seen.mark
}
