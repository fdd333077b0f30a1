// What an earlier run left behind: its snapshot is adopted, restored, or of no use any more.
import { sleep } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { type Emit, type HookKind, warning } from '../../core/notices.ts'
import type { Client } from '../api/client.ts'
import { isSameLocation, type Located, readLocation } from './location.ts'
import { landingMs, restoreFromSnapshot } from './restore.ts'
import { deleteSnapshot, isOurs, readSnapshot, restoreCommand, type Snapshot, setSnapshotAside } from './snapshot.ts'

export interface LeftoverOptions {
  readonly client: Client
  readonly botId: string
  readonly folder: string
  readonly emit: Emit
  readonly now: () => number
}

/** Reads the leftover snapshot; a damaged one is set aside and announced. Throws `notRestored` for one that this run's token cannot restore. */
export async function readLeftover(options: LeftoverOptions): Promise<Snapshot | null> {
  const { client, botId, folder, emit, now } = options
  const { snapshot, damaged } = await readSnapshot(folder)
  if (damaged !== null) {
    const aside = await setSnapshotAside(folder, now)
    emit(warning('snapshotDamaged', `the snapshot of an earlier run cannot be read; it is kept as ${aside}`))
  }
  if (snapshot === null || (snapshot.apiHost === client.apiHost && snapshot.botId === botId)) return snapshot
  throw new DevHookError(
    'notRestored',
    `an earlier run left the webhook of bot ${snapshot.botId} at ${snapshot.apiHost} behind`,
    { remedy: `run ${restoreCommand(snapshot)} first` },
  )
}

/** What the new run is to claim. */
interface WantedWebhook {
  readonly serviceName: string
  readonly kind: HookKind
  readonly located: Located | null
}

/**
 * Settles a leftover: returns it when the location that this run wants still has its URL, so that it is adopted. One of another
 * location is restored at once (throws `notRestored` if that fails); one whose URL was replaced since is deleted.
 */
export async function settleLeftover(
  options: LeftoverOptions,
  leftover: Snapshot,
  wanted: WantedWebhook,
  signal: AbortSignal,
): Promise<Snapshot | null> {
  const { client, folder, emit, now } = options
  const { located } = wanted
  if (located === null || !isWanted(leftover, wanted, located)) {
    const result = await restoreFromSnapshot({ client, snapshot: leftover, folder, emit, now }, signal)
    if (result !== 'failed') return null
    throw new DevHookError('notRestored', 'what an earlier run left behind could not be put back')
  }
  const isMine = (url: string | null): boolean => isOurs(leftover, url)
  let { url } = located.reading.registered
  const landing = landingMs(leftover, now())
  if (!isMine(url) && landing > 0) {
    await sleep(landing, signal)
    url = (await readLocation(client, located.location, isMine, signal))?.registered.url ?? null
  }
  if (!isMine(url)) {
    await deleteSnapshot(folder)
    return null
  }
  emit(
    warning('leftoverAdopted', `a run that began at ${leftover.takenAt} ended without restoring; its snapshot is used`),
  )
  return { ...leftover, location: located.location }
}

function isWanted(leftover: Snapshot, { kind, serviceName }: WantedWebhook, located: Located): boolean {
  if (leftover.kind !== kind) return false
  if (kind === 'service') return leftover.serviceName === serviceName
  return leftover.location !== null && isSameLocation(leftover.location, located.location)
}
