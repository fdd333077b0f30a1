// Putting back what was there before a claim, if what is there now is still ours.
import { poll } from '../../core/async.ts'
import { asDevHookError, DevHookError } from '../../core/errors.ts'
import { textIn } from '../../core/json.ts'
import { type Emit, errorNotice, type RestoreResult, warning } from '../../core/notices.ts'
import { isTransient } from '../api/api-errors.ts'
import type { Client } from '../api/client.ts'
import { checkRestored } from './check-restored.ts'
import { type Located, readingOf, readLocation, type WebhookLocation } from './location.ts'
import { readModifyWrite } from './read-modify-write.ts'
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
const READ_AGAIN_MS = 250

/**
 * Puts a registration back from its snapshot: the end of a run, the next start, the watchdog and `dev-hook restore` all do it
 * this way. Never throws: `failed` comes with an `error` notice and keeps the snapshot; every other result deletes it,
 * unless a claim may still land when the signal is aborted.
 */
export async function restoreFromSnapshot(options: RestoreOptions, signal: AbortSignal): Promise<RestoreResult> {
  const { client, snapshot, folder, emit } = options
  let outcome: RestoreOutcome
  try {
    if (snapshot.apiHost !== client.apiHost) throw new Error(`it is registered at ${snapshot.apiHost}`)
    outcome = snapshot.urls.length === 0 ? NEVER_CLAIMED : await untilLanded(options, signal)
  } catch (error) {
    emit(errorNotice(notRestored(snapshot, error, signal)))
    return 'failed'
  }
  if (!outcome.certain) return outcome.result
  await deleteSnapshot(folder).catch((error: unknown) => {
    // Nothing is owed all the same: the next start finds that the registration is not ours.
    const { message, remedy } = asDevHookError(error)
    emit(warning('stateUnwritable', message, remedy))
  })
  return outcome.result
}

interface RestoreOutcome {
  readonly result: RestoreResult
  /** False when a claim may still land. */
  readonly certain: boolean
}

const NEVER_CLAIMED: RestoreOutcome = { result: 'nothing', certain: true }

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
  const attempt = async (): Promise<RestoreResult> => {
    result = await restoreOnce(options, writing, signal)
    return result
  }
  try {
    const last = await poll(attempt, () => left() === 0, { pace: () => Math.min(left(), READ_AGAIN_MS), signal })
    return { result: last, certain: true }
  } catch (error) {
    if (result === null || writing.progress === 'unchecked' || !signal.aborted) throw error
    return { result, certain: false }
  }
}

/** How long a write of this snapshot may still be on its way, in milliseconds. */
export function landingMs({ writeSentAt }: Snapshot, now: number): number {
  if (writeSentAt === null || now < writeSentAt) return 0
  return Math.max(0, writeSentAt + LANDING_MS - now)
}

async function restoreOnce(
  { client, snapshot, emit }: RestoreOptions,
  writing: Writing,
  signal: AbortSignal,
): Promise<RestoreResult> {
  let location: WebhookLocation | null = null
  let verified = true
  const result = await readModifyWrite(
    () => find(client, snapshot, signal),
    async (found): Promise<RestoreResult> => {
      if (found === null || !isOurs(snapshot, found.reading.registered.url)) {
        return leftAlone(snapshot, found, writing.progress !== 'unwritten')
      }
      location = found.location
      writing.progress = 'unchecked'
      if (!(await writeBack(client, snapshot, found, signal))) verified = false
      return snapshot.created ? 'deleted' : 'restored'
    },
    signal,
  )
  if (result === 'restored' && location !== null) {
    await checkRestored({ client, snapshot, location, verified, emit }, signal)
  }
  if (writing.progress === 'unchecked') writing.progress = 'checked'
  return result
}

async function find(client: Client, snapshot: Snapshot, signal: AbortSignal): Promise<Located | null> {
  const { location, serviceName } = snapshot
  const isMine = (url: string | null): boolean => isOurs(snapshot, url)
  if (location === null) return findService(client, serviceName, isMine, signal)
  const reading = await readLocation(client, location, isMine, signal)
  if (reading === null) return null
  if (reading.hook !== null) return { location, reading }
  // In a list, nothing of ours may mean that the entry is back to what it was.
  return { location, reading: readingOf(location, reading.document, (url) => url === beforeUrl(snapshot)) }
}

const beforeUrl = ({ before }: Snapshot): string | null => textIn(before, 'url')

/** What it means that nothing of ours is there: `sent` when a write whose answer was lost may have done it. */
function leftAlone(snapshot: Snapshot, found: Located | null, sent: boolean): RestoreResult {
  if (snapshot.created) return sent ? 'deleted' : snapshot.location === null ? 'nothing' : 'superseded'
  if (found === null || found.reading.registered.url !== beforeUrl(snapshot)) return 'superseded'
  return sent ? 'restored' : 'nothing'
}

function notRestored(snapshot: Snapshot, cause: unknown, signal: AbortSignal): DevHookError {
  const { label } = snapshot.location ?? { label: `service "${snapshot.serviceName}"` }
  const why = signal.aborted ? 'there was no time left' : asDevHookError(cause).message
  // What failed has to be put right first, or the next try ends in the same way.
  const isFixable = cause instanceof DevHookError && (cause.category === 'user' || isTransient(cause))
  const first = isFixable ? `${cause.remedy}, then ` : ''
  const remedy = `${first}run ${restoreCommand(snapshot)}`
  return new DevHookError('notRestored', `${label} of bot ${snapshot.botId} was not put back: ${why}`, {
    cause,
    remedy,
  })
}
