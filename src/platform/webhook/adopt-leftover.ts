// What an earlier run left behind: its snapshot is adopted, restored, or of no use any more.
import { readFile } from 'node:fs/promises'
import { sleep } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { type Emit, type HookKind, warning } from '../../core/notices.ts'
import type { Owner } from '../../core/ports.ts'
import type { Client } from '../api/client.ts'
import type { Join } from './ancestors.ts'
import { isSameLocation, type Located, readLocation } from './location.ts'
import { findOwner, type OwnerProbe, restorabilityOf } from './owner.ts'
import { landingMs, restoreFromSnapshot } from './restore.ts'
import { deleteSnapshot, isOurs, readSnapshot, restoreCommand, type Snapshot, setSnapshotAside } from './snapshot.ts'

export interface LeftoverOptions {
  readonly client: Client
  readonly botId: string
  readonly folder: string
  readonly probe: OwnerProbe
  readonly emit: Emit
  readonly now: () => number
}

/** What was found in the state folder. `damagedText` is what a snapshot says that cannot be read; `null` when none is damaged. */
export interface Leftover {
  readonly snapshot: Snapshot | null
  readonly damagedText: string | null
}

/** Reads the leftover snapshot; a damaged one is set aside and announced. Throws `notRestored` for one that this run's token cannot restore. */
export async function readLeftover(options: LeftoverOptions): Promise<Leftover> {
  const { client, botId, folder, emit, now } = options
  const { snapshot, damaged } = await readSnapshot(folder)
  if (damaged !== null) {
    const aside = await setSnapshotAside(folder, now)
    emit(warning('snapshotDamaged', `the snapshot of an earlier run cannot be read; it is kept as ${aside}`))
    return { snapshot, damagedText: await readFile(aside, 'latin1') }
  }
  const isOfThisBot = snapshot === null || (snapshot.apiHost === client.apiHost && snapshot.botId === botId)
  if (isOfThisBot) return { snapshot, damagedText: null }
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

/** A leftover that the new run adopts, with the owner of what is registered now. */
export interface AdoptedLeftover {
  readonly snapshot: Snapshot
  readonly owner: Owner
}

/**
 * Settles a leftover: resolves with it when it is owed at the location that this run wants, so that it is adopted. One of
 * another location is restored at once (throws `notRestored` if it stays owed); one that is not owed any more is deleted.
 */
export async function settleLeftover(
  options: LeftoverOptions,
  leftover: Snapshot,
  wanted: WantedWebhook,
  signal: AbortSignal,
): Promise<AdoptedLeftover | null> {
  const { client, folder, emit, now, probe } = options
  const { located } = wanted
  if (located === null || !isWanted(leftover, wanted, located)) {
    await restoreElsewhere(options, leftover, wanted, signal)
    return null
  }
  const isMine = (url: string | null): boolean => isOurs(leftover, url)
  let { url } = located.reading.registered
  const landing = landingMs(leftover, now())
  if (!isMine(url) && landing > 0) {
    await sleep(landing, signal)
    url = (await readLocation(client, located.location, isMine, signal))?.registered.url ?? null
  }
  const owner = await findOwner(url, { snapshot: leftover, probe }, signal)
  const restorability = restorabilityOf(leftover, owner)
  if (restorability === 'settled') {
    await deleteSnapshot(folder)
    return null
  }
  // While it is blocked, the claim is too, or waits for the other dev-hook to let go and comes back here.
  if (restorability === 'restorable') {
    emit(
      warning(
        'leftoverAdopted',
        `a run that began at ${leftover.takenAt} ended without restoring; its snapshot is used`,
      ),
    )
  }
  return { snapshot: { ...leftover, location: located.location }, owner }
}

/**
 * Whether a leftover that another dev-hook keeps from being put back could be handed down to that one, so that this run owes it no
 * more, and may stand in front of it.
 */
export async function isHandedOn(
  options: LeftoverOptions & { readonly join?: Join },
  { snapshot, owner }: AdoptedLeftover,
  signal: AbortSignal,
): Promise<boolean> {
  if (options.join === undefined || owner.is !== 'dev-hook' || !owner.answers) return false
  const result = await restoreFromSnapshot({ ...options, snapshot }, signal)
  return result !== 'failed' && (await readSnapshot(options.folder)).snapshot === null
}

async function restoreElsewhere(
  options: LeftoverOptions,
  leftover: Snapshot,
  { kind }: WantedWebhook,
  signal: AbortSignal,
): Promise<void> {
  const { folder } = options
  const result = await restoreFromSnapshot({ ...options, snapshot: leftover }, signal)
  // By hand nothing is written, so that what stays owed can wait.
  if (result !== 'failed' && (kind === 'manual' || (await readSnapshot(folder)).snapshot === null)) return
  throw new DevHookError('notRestored', 'what an earlier run left behind could not be put back')
}

function isWanted(leftover: Snapshot, { kind, serviceName }: WantedWebhook, located: Located): boolean {
  if (leftover.kind !== kind) return false
  if (kind === 'service') return leftover.serviceName === serviceName
  return leftover.location !== null && isSameLocation(leftover.location, located.location)
}
