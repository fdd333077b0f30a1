// Ending what a bot has started that keeps its port though it left the bot's process group: a daemon, `setsid`, `detached: true`.
import { findListeners } from './find-by-env.ts'
import { endGroup, type GroupOptions, groupOf } from './process-group.ts'

export interface Strays extends GroupOptions {
  readonly runId: string
  readonly port: number
}

/** How long a stray may take to leave: less than the bot, which takes its own time before. */
const KILL_AFTER_MS = 2_000

/** Ends every stray of a run, `group` being that of the bot itself. Nothing on systems without `/proc`. Never rejects. */
export async function endStrays({ runId, port, ...options }: Strays, group: number | null): Promise<void> {
  const strays = (await findListeners(runId, port)).filter((stray) => stray !== group)
  for (const stray of strays) await endGroup(groupOf(stray, options), { killAfterMs: KILL_AFTER_MS })
}
