// Writing a snapshot's object back, in the first form of it that the platform takes.
import { onAbort, poll, raceTimeout } from '../../../core/async.ts'
import { DevHookError } from '../../../core/errors.ts'
import { type Json, omit } from '../../../core/json.ts'
import { every } from '../../../core/pace.ts'
import type { Client } from '../../api/client.ts'
import { withoutMask } from '../hook.ts'
import { type Located, readLocation, type UrlFilter, writeLocation } from '../location.ts'
import { isOurs, type Snapshot, urlBefore } from '../snapshot.ts'

/** The platform may answer only after its challenge of a URL that hangs, such as that of a sleeping laptop: by then it is looked at. */
const UNANSWERED_MS = 2_500
const READ_EVERY_MS = 500

/**
 * Writes a snapshot's object back without asking whose the registration is; deletes a service that dev-hook made. Resolves
 * with false when the platform has not verified the URL. Throws what the client throws.
 */
export async function writeBack(
  client: Client,
  snapshot: Snapshot,
  located: Located,
  signal: AbortSignal,
): Promise<boolean> {
  const { location } = located
  if (snapshot.created) {
    await client.delete(location.document, { signal, allow: [404] })
    return true
  }
  let verified = true
  const forms = formsOf(snapshot)
  const isReplaced = replacedUrl(snapshot, located)
  for (const [index, form] of forms.entries()) {
    try {
      if (!(await write(client, located, form, isReplaced, signal))) verified = false
      break
    } catch (error) {
      if (!(error instanceof DevHookError) || !error.is('notVerified', 'apiRefused', 'permissionDenied')) throw error
      if (error.is('notVerified')) verified = false
      // Refused, but it may have been saved all the same, unverified.
      const now = await readLocation(client, location, isReplaced, signal)
      if (now === null || !isReplaced(now.registered.url)) break
      if (index === forms.length - 1) throw error
    }
  }
  return verified
}

/** Writes one form. Resolves with false when it was not answered, but is seen to be there. Throws what the client throws. */
async function write(
  client: Client,
  located: Located,
  { hook, status }: Form,
  isReplaced: UrlFilter,
  signal: AbortSignal,
): Promise<boolean> {
  const over = new AbortController()
  const off = onAbort(signal, () => over.abort(signal.reason))
  let isAnswered = false
  const answer = writeLocation(client, located, hook, { status, signal: over.signal }).finally(() => {
    isAnswered = true
  })
  const isThere = async (): Promise<boolean> => {
    const now = await readLocation(client, located.location, isReplaced, signal)
    return now === null || !isReplaced(now.registered.url)
  }
  try {
    if ((await raceTimeout(answer, UNANSWERED_MS)) !== 'late') return true
    const isSeen = await poll(isThere, (there) => there || isAnswered, { pace: every(READ_EVERY_MS), signal })
    if (isSeen && !isAnswered) return false
    await answer
    return true
  } finally {
    off()
    over.abort()
    // Where it is not waited for any more, its rejection is our own abort.
    answer.catch(() => {})
  }
}

/** Matches the URL that a restore replaces: any of ours, or the one that it found, be it none or of a dev-hook that is gone. */
export function replacedUrl(snapshot: Snapshot, { reading }: Located): UrlFilter {
  const { url } = reading.registered
  return (shown) => isOurs(snapshot, shown) || (shown === url && url !== urlBefore(snapshot))
}

interface Form {
  readonly hook: Json | null
  readonly status: string | null
}

// Whole first. Asking for the status it had makes the platform verify the old URL, which may not answer at this moment:
// then without a status. Where nobody knows what was there: without a URL, or nothing at all.
function formsOf({ before, beforeStatus, previousUnknown }: Snapshot): readonly Form[] {
  if (before === null) return [{ hook: null, status: null }]
  const whole = withoutMask(before)
  const plain = { hook: omit(whole, 'status', 'verified'), status: null }
  if (previousUnknown) return [plain, { hook: null, status: null }]
  return [{ hook: whole, status: beforeStatus }, plain]
}
