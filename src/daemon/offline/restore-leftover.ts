// Restoring, from outside a run, what a run that died has left behind.
import type { Config } from '../../config/load.ts'
import { withDeadline } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Emit, RestoreResult } from '../../core/notices.ts'
import type { Redactor } from '../../core/text/redact.ts'
import { type Holder, readLock } from '../../lock/lock.ts'
import { restoreFromSnapshot } from '../../platform/webhook/restore.ts'
import { readSnapshot } from '../../platform/webhook/snapshot.ts'
import { lockBot } from '../account/acquire-lock.ts'
import { createApiClient } from '../account/api-client.ts'
import { botFolder, identityOf } from '../account/bot-identity.ts'
import { createHandDown, createOwnerProbe } from '../other-dev-hooks.ts'

export interface LeftoverRequest {
  readonly config: Config
  readonly stateHome: string
  /** `<user>@<host> pid <pid>` */
  readonly who: string
  readonly emit: Emit
  readonly redactor: Redactor
}

/** The result of a restore; `running` when there is nothing to restore yet, because the run is alive. */
export type LeftoverResult =
  | { readonly is: 'running'; readonly holder: Holder }
  | { readonly is: 'done'; readonly result: RestoreResult }

/** How long the restore may take, in ms. */
const RESTORE_MS = 30_000

/** Restores what the snapshot of a bot says, if there is one. Throws `notRestored` for one that cannot be read. */
export async function restoreLeftover(request: LeftoverRequest): Promise<LeftoverResult> {
  const { config, stateHome } = request
  const { botId, token } = identityOf(config)
  const folder = botFolder(stateHome, config.apiHost, botId)
  const holder = await readLock(folder)
  if (holder !== null && !holder.restoring) return { is: 'running', holder }
  const { snapshot, damaged } = await readSnapshot(folder)
  if (damaged !== null) {
    throw new DevHookError('notRestored', `what an earlier run has replaced cannot be read: ${damaged}`, {
      remedy: 'put the webhook right in the admin page, then delete that file',
    })
  }
  if (snapshot === null) return { is: 'done', result: 'nothing' }
  const { runId } = snapshot
  const result = await withDeadline([], { ms: RESTORE_MS, reason: 'there was no time left' }, (signal) =>
    restoreUnderLock(request, { folder, token, runId }, signal),
  )
  return { is: 'done', result }
}

async function restoreUnderLock(
  { config, who, emit, redactor }: LeftoverRequest,
  { folder, token, runId }: { readonly folder: string; readonly token: string; readonly runId: string },
  signal: AbortSignal,
): Promise<RestoreResult> {
  const lock = await lockBot(folder, { runId, user: who, restoring: true }, signal)
  const client = createApiClient({ config, token, redactor })
  try {
    // A watchdog that had the lock until now has restored it.
    const { snapshot } = await readSnapshot(folder)
    if (snapshot === null) return 'nothing'
    const probe = createOwnerProbe(config)
    const handDown = createHandDown(config)
    return await restoreFromSnapshot({ client, snapshot, folder, probe, handDown, emit }, signal)
  } finally {
    await client.close()
    await lock.close()
  }
}
