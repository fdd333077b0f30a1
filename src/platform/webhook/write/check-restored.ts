// Whether the platform has what a restore wrote: equal to the snapshot, or what differs is announced.
import { poll } from '../../../core/async.ts'
import { isSameJson, textIn } from '../../../core/json.ts'
import { type Emit, warning } from '../../../core/notices.ts'
import type { Client } from '../../api/client.ts'
import { isActive, isMasked, statusIn } from '../hook.ts'
import { type Located, readingOf, readLocation } from '../location.ts'
import { isOfDevHook } from '../owner.ts'
import type { Snapshot } from '../snapshot.ts'
import { replacedUrl } from './write-back.ts'

export interface RestoredOptions {
  readonly client: Client
  readonly snapshot: Snapshot
  /** The location, with what was read there before the write. */
  readonly replaced: Located
  /** False when the platform has already answered that it could not verify the URL. */
  readonly verified: boolean
  readonly emit: Emit
}

/** What the platform changes by itself. */
const PLATFORM_OWNED: ReadonlySet<string> = new Set(['status', 'verified', 'verifiedAt', 'updatedAt', 'updatedBy'])
/** How often a status that is not yet what it was is read, and the wait after the first of these reads. */
const STATUS_READS = 3
const STATUS_MS = 250

/** Reads the location again. Warns of what is not as it was; throws when the URL is not back. */
export async function checkRestored(options: RestoredOptions, signal: AbortSignal): Promise<void> {
  const { client, snapshot, replaced, emit } = options
  const { location } = replaced
  const isReplaced = replacedUrl(snapshot, replaced)
  const { before, previousUnknown } = snapshot
  const url = textIn(before, 'url')
  const reading = await readLocation(client, location, isReplaced, signal)
  if (reading !== null && isReplaced(reading.registered.url)) {
    throw new Error(`${location.label} still shows what it did before the write`)
  }
  if (previousUnknown) {
    const unknown = 'had been left to a dev-hook that is gone; what was there before that is not known'
    emit(warning('restoredInPart', `${location.label} ${unknown}, so it has no URL now`))
  }
  if (before === null || previousUnknown) return
  const after = reading === null ? null : readingOf(location, reading.document, (shown) => shown === url)
  if (after?.registered.url !== url) {
    // A dev-hook that asked for the bot waits for exactly this, and has claimed it already.
    if (isOfDevHook(after?.registered.url ?? reading?.registered.url)) return
    throw new Error(`${location.label} shows another URL after the write`)
  }
  const changed = Object.keys(before).filter((key) => isChanged(key, before[key], after.hook?.[key]))
  if (changed.length > 0) {
    emit(warning('restoredInPart', `${location.label} was put back, but not its ${changed.join(', ')}`))
  }
  const status = await settledStatus(options, url, after.registered.status, signal)
  if (status === null) return
  emit(warning('restoredUnverified', `${location.label} was put back, but its URL did not verify (status ${status})`))
}

function isChanged(key: string, before: unknown, after: unknown): boolean {
  if (PLATFORM_OWNED.has(key)) return false
  // Behind a mask it cannot be compared.
  if (key === 'secret' && typeof before === 'string' && isMasked(before)) return true
  return !isSameJson(before ?? null, after ?? null)
}

/** The status that the webhook is left with, if it was active before and is not now; else `null`. */
async function settledStatus(
  { client, snapshot, replaced, verified }: RestoredOptions,
  url: string | null,
  shown: string | null,
  signal: AbortSignal,
): Promise<string | null> {
  if (!isActive(snapshot.beforeStatus ?? statusIn(snapshot.before))) return null
  const readStatus = async (): Promise<string | null> =>
    (await readLocation(client, replaced.location, (other) => other === url, signal))?.registered.status ?? null
  const status = await poll(
    async (n) => (n === 0 ? shown : readStatus()),
    (read) => read === null || isActive(read),
    { pace: ({ n }) => STATUS_MS * (n + 1), tries: verified ? STATUS_READS : 1, signal },
  )
  if (isActive(status)) return null
  return status ?? (verified ? null : 'unknown')
}
