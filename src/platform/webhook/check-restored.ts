// Looking at what a restore has written: equal to the snapshot, or what is not is said.

import { isDeepStrictEqual } from 'node:util'
import { sleep } from '../../core/async.ts'
import { runIdOf } from '../../core/hook-url.ts'
import { textIn } from '../../core/json.ts'
import { type Emit, warning } from '../../core/notices.ts'

import type { Client } from '../api/client.ts'

import { isActive, isMasked, type Place, readPlace, sight, statusIn } from './location.ts'
import { isOurs, type Snapshot } from './snapshot.ts'

export interface CompareOptions {
  readonly client: Client
  readonly snapshot: Snapshot
  readonly place: Place
  /** False when the platform has said already that it could not verify the URL. */
  readonly verified: boolean
  readonly emit: Emit
}

/** What the platform changes by itself. */
const PLATFORM_OWNED: ReadonlySet<string> = new Set(['status', 'verified', 'verifiedAt', 'updatedAt', 'updatedBy'])
/** Between the looks at a status that is not yet what it was. */
const WAITS_MS = [250, 500]

/** Reads the place again. Warns of what is not as it was; throws when the URL is not back. */
export async function compare(options: CompareOptions, signal: AbortSignal): Promise<void> {
  const { client, snapshot, place, emit } = options
  const { before, previousUnknown } = snapshot
  const url = textIn(before, 'url')
  const seen = await readPlace(client, place, (shown) => isOurs(snapshot, shown), signal)
  if (seen !== null && isOurs(snapshot, seen.registered.url)) {
    throw new Error(`${place.label} still shows the URL of dev-hook after the write`)
  }
  if (previousUnknown) {
    const unknown = 'had been left to a dev-hook that is gone; what was there before that is not known'
    emit(warning('restoredInPart', `${place.label} ${unknown}, so it has no URL now`))
  }
  if (before === null || previousUnknown) return
  const after = seen === null ? null : sight(place, seen.document, (shown) => shown === url)
  if (after?.registered.url !== url) {
    // A dev-hook that asked for the bot waits for exactly this, and has claimed it already.
    if (isOfDevHook(after?.registered.url ?? seen?.registered.url)) return
    throw new Error(`${place.label} shows another URL after the write`)
  }
  const changed = Object.keys(before).filter((key) => isChanged(key, before[key], after.hook?.[key]))
  if (changed.length > 0) {
    emit(warning('restoredInPart', `${place.label} was put back, but not its ${changed.join(', ')}`))
  }
  const status = await settledStatus(options, url, after.registered.status, signal)
  if (status === null) return
  emit(warning('restoredUnverified', `${place.label} was put back, but its URL did not verify (status ${status})`))
}

const isOfDevHook = (url: string | null | undefined): boolean => typeof url === 'string' && runIdOf(url) !== null

function isChanged(key: string, before: unknown, after: unknown): boolean {
  if (PLATFORM_OWNED.has(key)) return false
  // Behind a mask nobody can tell.
  if (key === 'secret' && typeof before === 'string' && isMasked(before)) return true
  return !isDeepStrictEqual(before ?? null, after ?? null)
}

/** The status that the webhook is left with, if it was active before and is not now; else `null`. */
async function settledStatus(
  { client, snapshot, place, verified }: CompareOptions,
  url: string | null,
  shown: string | null,
  signal: AbortSignal,
): Promise<string | null> {
  if (!isActive(snapshot.beforeStatus ?? statusIn(snapshot.before))) return null
  let status = shown
  for (const ms of verified ? WAITS_MS : []) {
    if (status === null || isActive(status)) return null
    await sleep(ms, signal)
    status = (await readPlace(client, place, (other) => other === url, signal))?.registered.status ?? null
  }
  if (isActive(status)) return null
  return status ?? (verified ? null : 'unknown')
}
