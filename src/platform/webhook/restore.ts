// Putting back what was there before a claim, if what is there now is still ours.
import { sleep } from '../../core/async.ts'
import { asDevHookError, DevHookError } from '../../core/errors.ts'
import { textIn } from '../../core/json.ts'
import { type Emit, errorNotice, type RestoreResult, warning } from '../../core/notices.ts'

import { isTransient } from '../api/api-errors.ts'
import type { Client } from '../api/client.ts'

import { compare } from './check-restored.ts'
import type { Located } from './locate.ts'
import { type Place, readPlace, sight } from './location.ts'
import { afterFreshRead } from './read-modify-write.ts'
import { findService } from './service.ts'
import { deleteSnapshot, isOurs, restoreCommand, type Snapshot } from './snapshot.ts'
import { writeBack } from './write-back.ts'

export interface RestoreOptions {
  readonly client: Client
  readonly snapshot: Snapshot
  /** The bot's state folder, where the snapshot is deleted once nothing is owed. */
  readonly folder: string
  readonly emit: Emit
  readonly now?: () => number
}

/** A write whose answer never came may land this long after it was sent. */
export const LANDING_MS = 5_000
const LOOK_AGAIN_MS = 250

/**
 * Puts a registration back from its snapshot: the end of a run, the next start, the watchdog and `dev-hook restore` all do it
 * this way. Never throws: `failed` comes with an `error` notice and keeps the snapshot; every other result deletes it,
 * unless a claim may still land when the signal is aborted.
 */
export async function restoreFromSnapshot(options: RestoreOptions, signal: AbortSignal): Promise<RestoreResult> {
  const { client, snapshot, folder, emit, now = Date.now } = options
  let result: RestoreResult
  try {
    if (snapshot.apiHost !== client.apiHost) throw new Error(`it is registered at ${snapshot.apiHost}`)
    const settled = snapshot.urls.length === 0 ? NEVER_CLAIMED : await untilLanded(client, snapshot, emit, now, signal)
    result = settled.result
    if (!settled.certain) return result
  } catch (error) {
    emit(errorNotice(notRestored(snapshot, error, signal)))
    return 'failed'
  }
  await deleteSnapshot(folder).catch((error: unknown) => {
    // Nothing is owed all the same: the next start finds that the registration is not ours.
    const { message, remedy } = asDevHookError(error)
    emit(warning('stateUnwritable', message, remedy))
  })
  return result
}

interface Settled {
  readonly result: RestoreResult
  /** False when a claim may still land. */
  readonly certain: boolean
}

const NEVER_CLAIMED: Settled = { result: 'nothing', certain: true }

/** What this restore has written so far. */
interface Written {
  /** A write was sent, whatever became of it. */
  sent: boolean
  /** One was sent, and not yet seen to be right. */
  open: boolean
}

async function untilLanded(
  client: Client,
  snapshot: Snapshot,
  emit: Emit,
  now: () => number,
  signal: AbortSignal,
): Promise<Settled> {
  const written: Written = { sent: false, open: false }
  let result: RestoreResult | null = null
  for (;;) {
    try {
      result = await putBack(client, snapshot, written, emit, signal)
      const left = landingMs(snapshot, now())
      // Even after the write: an earlier one of the claim may land on top of it.
      if (left === 0) return { result, certain: true }
      await sleep(Math.min(left, LOOK_AGAIN_MS), signal)
    } catch (error) {
      if (result === null || written.open || !signal.aborted) throw error
      return { result, certain: false }
    }
  }
}

/** How long a write of this snapshot may still be on its way, in milliseconds. */
export function landingMs({ writeSentAt }: Snapshot, now: number): number {
  if (writeSentAt === null || now < writeSentAt) return 0
  return Math.max(0, writeSentAt + LANDING_MS - now)
}

async function putBack(
  client: Client,
  snapshot: Snapshot,
  written: Written,
  emit: Emit,
  signal: AbortSignal,
): Promise<RestoreResult> {
  let place: Place | null = null
  let verified = true
  const result = await afterFreshRead(
    () => find(client, snapshot, signal),
    async (found): Promise<RestoreResult> => {
      if (found === null || !isOurs(snapshot, found.seen.registered.url)) {
        return leftAlone(snapshot, found, written.sent)
      }
      place = found.place
      written.sent = true
      written.open = true
      if (!(await writeBack(client, snapshot, found, signal))) verified = false
      return snapshot.created ? 'deleted' : 'restored'
    },
    signal,
  )
  if (result === 'restored' && place !== null) await compare({ client, snapshot, place, verified, emit }, signal)
  written.open = false
  return result
}

async function find(client: Client, snapshot: Snapshot, signal: AbortSignal): Promise<Located | null> {
  const { place, serviceName } = snapshot
  const ours = (url: string | null): boolean => isOurs(snapshot, url)
  if (place === null) return findService(client, serviceName, ours, signal)
  const seen = await readPlace(client, place, ours, signal)
  if (seen === null) return null
  // In a list, nothing of ours may mean that the entry is back to what it was.
  return { place, seen: seen.hook === null ? sight(place, seen.document, (url) => url === beforeUrl(snapshot)) : seen }
}

const beforeUrl = ({ before }: Snapshot): string | null => textIn(before, 'url')

/** What it means that nothing of ours is there: `sent` when a write whose answer was lost may have done it. */
function leftAlone(snapshot: Snapshot, found: Located | null, sent: boolean): RestoreResult {
  if (snapshot.created) return sent ? 'deleted' : snapshot.place === null ? 'nothing' : 'superseded'
  if (found === null || found.seen.registered.url !== beforeUrl(snapshot)) return 'superseded'
  return sent ? 'restored' : 'nothing'
}

function notRestored(snapshot: Snapshot, cause: unknown, signal: AbortSignal): DevHookError {
  const { label } = snapshot.place ?? { label: `service "${snapshot.serviceName}"` }
  const why = signal.aborted ? 'there was no time left' : asDevHookError(cause).message
  // What failed has to be put right first, or the next try ends in the same way.
  const canBeMended = cause instanceof DevHookError && (cause.category === 'user' || isTransient(cause))
  const first = canBeMended ? `${cause.remedy}, then ` : ''
  const remedy = `${first}run ${restoreCommand(snapshot)}`
  return new DevHookError('notRestored', `${label} of bot ${snapshot.botId} was not put back: ${why}`, {
    cause,
    remedy,
  })
}
