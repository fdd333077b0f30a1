// Finding what a run has started by a variable in its environment, where its process id is not known.
import { describeProcess, environmentOf, listProcesses } from '../core/processes.ts'

/** The variable that every bot is started with; its value is the run's id. */
export const RUN_VARIABLE = 'DEV_HOOK_RUN'

/** The process groups in which something runs that was started for a run. Empty on systems without `/proc`. */
export async function findByEnv(runId: string): Promise<readonly number[]> {
  const groups = await Promise.all((await listProcesses()).map((pid) => groupOfRun(pid, `${RUN_VARIABLE}=${runId}`)))
  return [...new Set(groups)].filter((group) => group !== null)
}

/** The group of a process with this variable, whose leader may have gone. */
async function groupOfRun(pid: number, variable: string): Promise<number | null> {
  if (!(await environmentOf(pid)).includes(variable)) return null
  return (await describeProcess(pid))?.group ?? null
}
