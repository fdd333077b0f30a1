// Finding a bot by a mark in its environment, when nobody was told its process id.
import { readdir, readFile } from 'node:fs/promises'

/** The name of the mark; its value is the run's id. */
export const MARK = 'DEV_HOOK_RUN'

/** The leaders of the process groups that were started for a run. None where the system has no /proc. */
export async function findMarked(runId: string): Promise<readonly number[]> {
  const entries = await readdir('/proc').catch(() => [])
  const pids = entries.filter((name) => /^\d+$/.test(name))
  const marked = await Promise.all(pids.map((pid) => isMarkedLeader(pid, `${MARK}=${runId}`)))
  return pids.filter((_, index) => marked[index]).map(Number)
}

async function isMarkedLeader(pid: string, mark: string): Promise<boolean> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8')
    if (!environment.split('\0').includes(mark)) return false
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // `pid (name) state parent group …`, where the name may hold anything, brackets too.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2] === pid
  } catch {
    // Somebody else's process, or one that has gone since the listing.
    return false
  }
}
