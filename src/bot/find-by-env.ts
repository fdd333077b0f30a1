// Finding what a run has started by a variable in its environment, where its process id is not known.
import { describeProcess, environmentOf, listenersOn, listProcesses } from '../core/processes.ts'

/** The variable that every bot is started with; its value is the run's id. */
export const RUN_VARIABLE = 'DEV_HOOK_RUN'

/** The process groups in which something runs that was started for a run. Empty on systems without `/proc`. */
export async function findByEnv(runId: string): Promise<readonly number[]> {
  return groupsOf(await processesOfRun(runId))
}

/**
 * The process groups of what was started for a run and listens on a port, after those of what started that, which might start it
 * again. What else the bot has started, a browser say, is not among them. Empty on systems without `/proc`.
 */
export async function findListeners(runId: string, port: number): Promise<readonly number[]> {
  const ofRun = await processesOfRun(runId)
  const found = new Set<number>()
  let next = await listenersOn(port, ofRun)
  while (next.length > 0) {
    for (const pid of next) found.add(pid)
    const parents = await Promise.all(next.map(async (pid) => (await describeProcess(pid))?.parent ?? 0))
    next = parents.filter((pid) => ofRun.includes(pid) && !found.has(pid))
  }
  return groupsOf([...found].reverse())
}

async function processesOfRun(runId: string): Promise<readonly number[]> {
  const pids = await listProcesses()
  const isOfRun = await Promise.all(
    pids.map(async (pid) => (await environmentOf(pid)).includes(`${RUN_VARIABLE}=${runId}`)),
  )
  return pids.filter((_, i) => isOfRun[i])
}

/** The groups of processes, whose leaders may have gone. */
async function groupsOf(pids: readonly number[]): Promise<readonly number[]> {
  const groups = await Promise.all(pids.map(async (pid) => (await describeProcess(pid))?.group ?? null))
  return [...new Set(groups)].filter((group) => group !== null)
}
