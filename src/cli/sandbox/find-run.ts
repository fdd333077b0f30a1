// The run that a command asks: found again for each question, as it may have been restarted, or another one started since.
import { poll, withDeadline } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { every } from '../../core/pace.ts'
import { readAddress } from '../../inspector/address.ts'
import { createInspectorClient, type InspectorClient } from '../../inspector/client.ts'
import { readLock } from '../../lock/lock.ts'
import type { PreparedCommand } from '../open-command.ts'
import { findRecord } from './find-record.ts'
import type { SandboxChoice } from './running-sandboxes.ts'

/** How long a run that has only just begun is waited for, in ms. */
const PATIENCE_MS = 5_000
const POLL_MS = 50

const START = 'start one in this folder: `npx dev-hook sandbox -- <command that starts the bot>`'

/** Finds it, by the rule if no sandbox is chosen. Rejects with `runUnreachable` where there is none, or it cannot be asked yet. */
export async function findRun(
  { load, stateHome }: Pick<PreparedCommand, 'load' | 'stateHome'>,
  signal: AbortSignal,
  choice: SandboxChoice = 'by rule',
): Promise<InspectorClient> {
  const { folder } = await findRecord({ config: await load(), stateHome, choice }).catch(noneYet)
  return reachRun(folder, signal)
}

/** Reaches the run that holds a bot, by the state folder of that. Rejects with `runUnreachable`. */
export async function reachRun(folder: string, signal: AbortSignal): Promise<InspectorClient> {
  const found = await poll(
    () => look(folder),
    ({ is }) => is !== 'starting',
    { pace: every(POLL_MS), limitMs: PATIENCE_MS, signal },
  )
  if (found.is === 'running') return found.client
  if (found.is === 'starting')
    throw new DevHookError('runUnreachable', `${found.user} has this bot and does not answer`)
  throw new DevHookError('runUnreachable', 'no dev-hook is running for this bot', { remedy: START })
}

/** Where the bot is that the run holds which lives in a state folder; `null` where none does, or it cannot be asked at once. */
export async function runningTarget(folder: string): Promise<string | null> {
  const found = await look(folder)
  if (found.is !== 'running') return null
  const limit = { ms: PATIENCE_MS, reason: 'the run does not answer' }
  return withDeadline([], limit, async (signal) => (await found.client.call('status', {}, signal)).target).catch(
    () => null,
  )
}

/** Throws `runUnreachable` in place of the error that no bot is known. */
export function noneYet(error: unknown): never {
  if (!(error instanceof DevHookError) || !error.is('botUnknown') || error.lines.length > 1) throw error
  throw new DevHookError('runUnreachable', 'no dev-hook is running here', { cause: error, remedy: START })
}

type Found =
  | { readonly is: 'running'; readonly client: InspectorClient }
  | { readonly is: 'starting'; readonly user: string }
  | { readonly is: 'none' }

async function look(folder: string): Promise<Found> {
  const holder = await readLock(folder)
  if (holder === null || holder.restoring) return { is: 'none' }
  const address = await readAddress(folder)
  // What an earlier run left behind is not the address of this one.
  if (address?.runId !== holder.runId) return { is: 'starting', user: holder.user }
  return { is: 'running', client: createInspectorClient(address) }
}
