// The end of the process: with its exit code, and whatever the system keeps it waiting for.
import { poll } from '../core/async.ts'
import { every } from '../core/pace.ts'

/**
 * Calls to the system that a thread is in the middle of. `process.exit` waits for those threads without a limit, and no
 * signal is heard meanwhile: a disk that does not answer, a named pipe that nobody writes, a name that is looked up.
 */
const IN_A_THREAD = /^(FSReq|GetAddrInfoReq|GetNameInfoReq)/

const isBusy = (): boolean => process.getActiveResourcesInfo().some((name) => IN_A_THREAD.test(name))

/** How long the end waits for such calls, in ms: a name server that does not answer is given up after 10 s. */
const PATIENCE_MS = 15_000

/** Ends the process. What never returns from the system is left behind: then it is killed in place of waiting for ever. */
export async function endProcess(
  exitCode: number,
  signal: NodeJS.Signals = 'SIGKILL',
  limitMs = PATIENCE_MS,
): Promise<never> {
  const busy = await poll(
    async () => isBusy(),
    (still) => !still,
    { pace: every(10), limitMs },
  )
  if (busy) {
    if (process.stdin.isTTY) process.stdin.setRawMode(false)
    process.kill(process.pid, signal)
  }
  process.exit(exitCode)
}
