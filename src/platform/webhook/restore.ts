// Putting back what was there before a claim, if what is there now is still ours.
import { poll } from '../../core/async.ts'
import { asDevHookError, DevHookError } from '../../core/errors.ts'
import { textIn } from '../../core/json.ts'
import { type Emit, errorNotice, type NoticeBody, type RestoreResult, warning } from '../../core/notices.ts'
import { isTransient } from '../api/api-errors.ts'
import type { Client } from '../api/client.ts'
import { livingBefore } from './chain.ts'
import { type HandDown, handedTo } from './hand-down.ts'
import { type Located, readingOf, readLocation, type UrlFilter } from './location.ts'
import { findOwner, isOfDevHook, type OwnerProbe, type Restorability, restorabilityOf } from './owner.ts'
import { findService } from './service.ts'
import { deleteSnapshot, isOurs, restoreCommand, type Snapshot, urlBefore } from './snapshot.ts'
import { checkRestored } from './write/check-restored.ts'
import { readModifyWrite } from './write/read-modify-write.ts'
import { writeBack } from './write/write-back.ts'

export interface RestoreOptions {
  readonly client: Client
  readonly snapshot: Snapshot
  /** The bot's state folder, where the snapshot is deleted once nothing is owed. */
  readonly folder: string
  /** Finds out whether another dev-hook, whose URL is registered by now, still answers. */
  readonly probe: OwnerProbe
  /** Tells that dev-hook what was before. Without it, or when it says no, the snapshot stays owed. */
  readonly handDown?: HandDown
  readonly emit: Emit
  readonly now?: () => number
}

/** A write whose answer never came may land this long after it was sent. */
export const LANDING_MS = 5_000
const READ_AGAIN_MS = 250

/**
 * Puts a registration back from its snapshot: the end of a run, the next start, the watchdog and `dev-hook restore` all do it
 * this way. Never throws: `failed` comes with an `error` notice and keeps the snapshot; every other result deletes it,
 * unless a claim may still land when the signal is aborted.
 */
export async function restoreFromSnapshot(given: RestoreOptions, signal: AbortSignal): Promise<RestoreResult> {
  const { client, folder, emit } = given
  let options = given
  let { snapshot } = given
  let outcome: RestoreOutcome
  try {
    // A dev-hook that stood behind this one may have died since.
    snapshot = await livingBefore(snapshot, async (url) => (await given.probe(url, signal)).answers)
    options = { ...given, snapshot }
    if (snapshot.apiHost !== client.apiHost) throw new Error(`it is registered at ${snapshot.apiHost}`)
    outcome = snapshot.urls.length === 0 ? NEVER_CLAIMED : await untilLanded(options, signal)
  } catch (error) {
    emit(errorNotice(notRestored(snapshot, error, signal)))
    return 'failed'
  }
  const isHanded = outcome.owed === 'blocked' && (await handDownTo(outcome.found, options, signal))
  if (outcome.owed === 'blocked') emit(isHanded ? HANDED_DOWN : blockedWarning(snapshot))
  if (outcome.owed !== null && !isHanded) return outcome.result
  await deleteSnapshot(folder).catch((error: unknown) => {
    // Nothing is owed all the same: the next start finds that the registration is not ours.
    const { message, remedy } = asDevHookError(error)
    emit(warning('stateUnwritable', message, remedy))
  })
  return outcome.result
}

interface RestoreOutcome {
  readonly result: RestoreResult
  /** What was registered. */
  readonly found: Located | null
  /** Why the snapshot is kept: a claim may still land, or another dev-hook has the webhook now; else `null`. */
  readonly owed: 'landing' | 'blocked' | null
}

const NEVER_CLAIMED: RestoreOutcome = { result: 'nothing', found: null, owed: null }

/** What this restore has written so far: nothing, something that was not yet seen to be right, or something that was. */
type WriteProgress = 'unwritten' | 'unchecked' | 'checked'

interface Writing {
  progress: WriteProgress
}

/** Restores again and again for as long as an earlier write of the claim may land on top of it. */
async function untilLanded(options: RestoreOptions, signal: AbortSignal): Promise<RestoreOutcome> {
  const { snapshot, now = Date.now } = options
  const writing: Writing = { progress: 'unwritten' }
  let result: RestoreResult | null = null
  const left = (): number => landingMs(snapshot, now())
  const attempt = async (): Promise<RestoreOutcome> => {
    const outcome = await restoreOnce(options, writing, signal)
    result = outcome.result
    return outcome
  }
  try {
    return await poll(attempt, () => left() === 0, { pace: () => Math.min(left(), READ_AGAIN_MS), signal })
  } catch (error) {
    if (result === null || writing.progress === 'unchecked' || !signal.aborted) throw error
    return { result, found: null, owed: 'landing' }
  }
}

/** How long a write of this snapshot may still be on its way, in milliseconds. */
export function landingMs({ writeSentAt }: Snapshot, now: number): number {
  if (writeSentAt === null || now < writeSentAt) return 0
  return Math.max(0, writeSentAt + LANDING_MS - now)
}

async function restoreOnce(options: RestoreOptions, writing: Writing, signal: AbortSignal): Promise<RestoreOutcome> {
  const { client, snapshot, emit } = options
  let written: Located | null = null
  let verified = true
  const outcome = await readModifyWrite(
    () => inspect(options, signal),
    async ({ found, restorability }): Promise<RestoreOutcome> => {
      if (found === null || restorability !== 'restorable') {
        const result = leftAlone(snapshot, found, writing.progress !== 'unwritten')
        return { result, found, owed: restorability === 'blocked' ? 'blocked' : null }
      }
      written = found
      writing.progress = 'unchecked'
      if (!(await writeBack(client, snapshot, found, signal))) verified = false
      return { result: snapshot.created ? 'deleted' : 'restored', found, owed: null }
    },
    signal,
  )
  if (outcome.result === 'restored' && written !== null) {
    await checkRestored({ client, snapshot, replaced: written, verified, emit }, signal)
  }
  if (writing.progress === 'unchecked') writing.progress = 'checked'
  return outcome
}

/** What is registered now, and whether the snapshot may be put back over it. */
interface Inspection {
  readonly found: Located | null
  readonly restorability: Restorability
}

async function inspect(options: RestoreOptions, signal: AbortSignal): Promise<Inspection> {
  const { client, snapshot, probe } = options
  const found = await find(client, snapshot, signal)
  // Gone as a whole, or as an entry of its list: somebody has removed it.
  if (found === null || (found.location.entry !== null && found.reading.hook === null)) {
    return { found, restorability: 'settled' }
  }
  const { url } = found.reading.registered
  if (url === urlBefore(snapshot)) return { found, restorability: 'settled' }
  const owner = await findOwner(url, { snapshot, probe }, signal)
  const restorability = restorabilityOf(snapshot, owner)
  if (owner.is === 'us' || restorability !== 'restorable') return { found, restorability }
  // The probe took its time: what is written over must be what was judged.
  const now = await find(client, snapshot, signal)
  return now?.reading.registered.url === url ? { found: now, restorability } : inspect(options, signal)
}

/**
 * Reads the secret of the webhook that a snapshot is of; where the platform shows none, or cannot be asked, the one that the
 * snapshot has; `null` when that has none either.
 */
export async function readSecret(client: Client, snapshot: Snapshot, signal: AbortSignal): Promise<string | null> {
  const found = await find(client, snapshot, signal).catch((error: unknown) => {
    signal.throwIfAborted()
    if (error instanceof DevHookError) return null
    throw error
  })
  return found?.reading.registered.secret ?? textIn(snapshot.before, 'secret')
}

async function find(client: Client, snapshot: Snapshot, signal: AbortSignal): Promise<Located | null> {
  const { location, serviceName } = snapshot
  const isMine = (url: string | null): boolean => isOurs(snapshot, url)
  if (location === null) return findService(client, serviceName, isMine, signal)
  const reading = await readLocation(client, location, isMine, signal)
  if (reading === null) return null
  if (reading.hook !== null) return { location, reading }
  // In a list, nothing of ours may mean that the entry is back to what it was, or another dev-hook's.
  const readFor = (isWanted: UrlFilter): Located => ({
    location,
    reading: readingOf(location, reading.document, isWanted),
  })
  const back = readFor((url) => url === urlBefore(snapshot))
  return back.reading.hook === null ? readFor(isOfDevHook) : back
}

/** What it means that nothing of ours is there: `sent` when a write whose answer was lost may have done it. */
function leftAlone(snapshot: Snapshot, found: Located | null, sent: boolean): RestoreResult {
  if (snapshot.created) return sent ? 'deleted' : snapshot.location === null ? 'nothing' : 'superseded'
  if (found === null || found.reading.registered.url !== urlBefore(snapshot)) return 'superseded'
  return sent ? 'restored' : 'nothing'
}

/** Whether the dev-hook that has the webhook by now has taken over what is owed. */
async function handDownTo(
  found: Located | null,
  { snapshot, handDown }: RestoreOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const handed = found === null ? null : handedTo(found.reading.registered, snapshot)
  if (handDown === undefined || handed === null) return false
  // Whatever keeps it from being told: it is owed as before.
  return handDown(handed, signal).catch(() => false)
}

const HANDED_DOWN = warning(
  'superseded',
  'another dev-hook has the webhook by now; it was told what was there before, and puts that back at its end',
  'no action needed, unless you want the bot back: start again with `--take-over`',
)

function blockedWarning(snapshot: Snapshot): NoticeBody {
  const message = 'another dev-hook has the webhook by now; what was there before is kept, and still owed'
  return warning('superseded', message, `once that dev-hook has ended, run ${restoreCommand(snapshot)}`)
}

function notRestored(snapshot: Snapshot, cause: unknown, signal: AbortSignal): DevHookError {
  const { label } = snapshot.location ?? { label: `service "${snapshot.serviceName}"` }
  const why = signal.aborted ? 'there was no time left' : asDevHookError(cause).message
  // What failed has to be put right first, or the next try ends in the same way.
  const isFixable =
    cause instanceof DevHookError && (cause.category === 'user' || cause.is('apiRefused') || isTransient(cause))
  const first = isFixable ? `${cause.remedy}, then ` : ''
  const remedy = `${first}run ${restoreCommand(snapshot)}`
  return new DevHookError('notRestored', `${label} of bot ${snapshot.botId} was not put back: ${why}`, {
    cause,
    remedy,
  })
}
