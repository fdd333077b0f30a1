// A bot that the command has left running outside its process group, as `setsid node bot.js` does: known by the run's mark and its port.
import { type Clock, poll, resolveOnAbort } from '../core/async.ts'
import { every, slowingDown } from '../core/pace.ts'
import { findByEnv, findListeners } from './find-by-env.ts'
import type { BotProcess, Exit } from './process.ts'
import { endGroup, groupOf } from './process-group.ts'
import type { Strays } from './strays.ts'

/** How long it may take to listen: what does not by then is something else that the command has started, such as a browser. */
const LISTEN_MS = 10_000
const POLL_MS = { min: 20, max: 500 }
const KILL_AFTER_MS = 2_000

/**
 * Waits until what a command that ended has left running listens on the bot's port, and resolves to it as the bot; to `null` when
 * nothing is left, nothing listens in time, or the signal is aborted. Never rejects. Always `null` on systems without `/proc`.
 */
export async function adoptDetached(
  { runId, port, ...options }: Strays,
  command: BotProcess,
  signal: AbortSignal,
  clock: Clock,
): Promise<BotProcess | null> {
  const isOther = (group: number): boolean => group !== command.pid
  const look = async (): Promise<number | 'nothing' | 'waits'> => {
    if (!(await findByEnv(runId)).some(isOther)) return 'nothing'
    return (await findListeners(runId, port)).filter(isOther).at(-1) ?? 'waits'
  }
  const limit = { pace: slowingDown(POLL_MS.min, POLL_MS.max), limitMs: LISTEN_MS, signal, clock }
  // Whoever aborts it has the bot ended or restarted, and what is found then is a stray.
  const found = await poll(look, (seen) => seen !== 'waits', limit).catch(() => 'nothing' as const)
  if (typeof found !== 'number') return null

  const group = groupOf(found, options)
  let exit: Exit | null = null
  let ending: Promise<void> | undefined
  const ended = new AbortController()
  // Nobody but its parent, which has left, is told how it ends.
  const gone = poll(group.alive, (alive) => !alive, { pace: every(POLL_MS.max), signal: ended.signal, clock })
  const exited = resolveOnAbort(
    gone.catch(() => undefined),
    ended.signal,
  ).then(() => {
    exit = { code: 'unknown' }
    return exit
  })
  const end = async (): Promise<void> => {
    await endGroup(group, { killAfterMs: KILL_AFTER_MS, clock })
    ended.abort()
    await exited
    // What it prints comes through the pipes of the command.
    await command.end()
  }
  return {
    pid: found,
    exited,
    exit: () => exit,
    lastLines: command.lastLines,
    end: () => {
      ending ??= end()
      return ending
    },
  }
}
