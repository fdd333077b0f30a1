// Finding a bot by a mark in its environment, when nobody was told its process id.
import { readdir, readFile } from 'node:fs/promises'

/** The name of the mark; its value is the run's id. */
export const MARK = 'DEV_HOOK_RUN'

/** The process groups in which something runs that was started for a run. None where the system has no /proc. */
export async function findMarked(runId: string): Promise<readonly number[]> {
  const entries = await readdir('/proc').catch(() => [])
  const pids = entries.filter((name) => /^\d+$/.test(name))
  const groups = await Promise.all(pids.map((pid) => markedGroup(pid, `${MARK}=${runId}`)))
  return [...new Set(groups)].filter((group) => group !== null)
}

/** The group of a marked process, whose leader may have gone. */
async function markedGroup(pid: string, mark: string): Promise<number | null> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8')
    if (!environment.split('\0').includes(mark)) return null
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // `pid (name) state parent group …`, where the name may hold anything, brackets too.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
  } catch {
    // Somebody else's process, or one that has gone since the listing.
    return null
  }
}
