// What a run may leave on this machine: processes that it started, and snapshots that nobody has put back.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A process that runs now. */
export interface Trace {
  readonly pid: number
  readonly command: string
}

/** The processes that have this home folder in their environment; none where the system has no /proc. */
export async function processesOf(home: string): Promise<readonly Trace[]> {
  const entries = await readdir('/proc').catch(() => [])
  const found = await Promise.all(entries.filter((name) => /^\d+$/.test(name)).map((pid) => traceOf(pid, home)))
  return found.filter((trace) => trace !== null)
}

async function traceOf(pid: string, home: string): Promise<Trace | null> {
  // One that has gone since the listing can no longer be read; the environment of one that only waits to be reaped is empty.
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  if (!environment.split('\0').includes(`HOME=${home}`)) return null
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return { pid: Number(pid), command: command.split('\0').join(' ').trim() }
}

/** The snapshots under a folder, whatever the bot. */
export const snapshotsIn = (folder: string): Promise<readonly string[]> => filesIn(folder, 'snapshot.json')

/** The locks under a folder, whatever the bot. */
export const locksIn = (folder: string): Promise<readonly string[]> => filesIn(folder, 'lock')

async function filesIn(folder: string, wanted: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile() && entry.name === wanted)
  return files.map(({ parentPath, name }) => join(parentPath, name))
}
