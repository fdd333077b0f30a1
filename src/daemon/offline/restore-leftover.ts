// Putting back, from outside a run, what a run that died has left.
import type { Config } from '../../config/load.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Emit, RestoreResult } from '../../core/notices.ts'
import type { Redactor } from '../../core/redact.ts'
import { type Holder, readLock } from '../../lock/lock.ts'
import { restoreFromSnapshot } from '../../platform/webhook/restore.ts'
import { readSnapshot } from '../../platform/webhook/snapshot.ts'
import { lockBot } from '../account/acquire-lock.ts'
import { createApiClient } from '../account/api-client.ts'
import { botFolder, identityOf } from '../account/bot-identity.ts'

export interface LeftoverRequest {
  readonly config: Config
  readonly stateHome: string
  /** `<user>@<host> pid <pid>` */
  readonly who: string
  readonly emit: Emit
  readonly redactor: Redactor
}

/** What came of it; `running` when there is nothing to put back yet, because the run is alive. */
export type LeftoverResult =
  | { readonly is: 'running'; readonly holder: Holder }
  | { readonly is: 'done'; readonly result: RestoreResult }

/** Longest time that is spent on it, in ms. */
const RESTORE_MS = 30_000

/** Restores what the snapshot of a bot says, if there is one. Throws `notRestored` for one that cannot be read. */
export async function restoreLeftover({
  config,
  stateHome,
  who,
  emit,
  redactor,
}: LeftoverRequest): Promise<LeftoverResult> {
  const { botId, token } = identityOf(config)
  const folder = botFolder(stateHome, config.apiHost, botId)
  const holder = await readLock(folder)
  if (holder !== null && !holder.restoring) return { is: 'running', holder }
  const { snapshot: seen, damaged } = await readSnapshot(folder)
  if (damaged !== null) {
    throw new DevHookError('notRestored', `what an earlier run has replaced cannot be read: ${damaged}`, {
      remedy: 'put the webhook right in the admin page, then delete that file',
    })
  }
  if (seen === null) return { is: 'done', result: 'nothing' }
  const signal = AbortSignal.timeout(RESTORE_MS)
  const lock = await lockBot(folder, { runId: seen.runId, user: who, restoring: true }, signal)
  const client = createApiClient({ config, token, redactor })
  try {
    // A watchdog that had the lock until now has put it back.
    const { snapshot } = await readSnapshot(folder)
    if (snapshot === null) return { is: 'done', result: 'nothing' }
    const result = await restoreFromSnapshot({ client, snapshot, folder, emit }, signal)
    return { is: 'done', result }
  } finally {
    await client.close()
    await lock.close()
  }
}
