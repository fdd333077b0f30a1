// The sandbox that a command speaks to: one that is only starting is waited for, one that was killed never.
import { poll } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { every } from '../../core/pace.ts'
import { noSandbox } from './find-record.ts'
import { chooseSandbox, listSandboxes, type SandboxChoice } from './running-sandboxes.ts'

/** How long one that is starting is waited for, in ms. */
const PATIENCE_MS = 10_000
const POLL_MS = 50

/** Finds the state folder of its bot. Throws `usage` where several could be meant, `runUnreachable` where none runs. */
export async function awaitSandbox(choice: SandboxChoice, cwd: string, signal: AbortSignal): Promise<string> {
  const found = await poll(
    async () => chooseSandbox(await listSandboxes(), choice, cwd),
    (sandbox) => sandbox === null || sandbox.folder !== null,
    { pace: every(POLL_MS), limitMs: PATIENCE_MS, signal },
  )
  if (found === null) throw noSandbox()
  if (found.folder !== null) return found.folder
  throw new DevHookError('runUnreachable', `the sandbox of process ${found.pid} did not become ready in time`)
}
