// Writing a snapshot's object back, in the first form of it that the platform takes.
import { DevHookError } from '../../core/errors.ts'
import { type Json, omit } from '../../core/json.ts'
import type { Client } from '../api/client.ts'
import { withoutMask } from './hook.ts'
import { type Located, readLocation, type UrlFilter, writeLocation } from './location.ts'
import { isOurs, type Snapshot, urlBefore } from './snapshot.ts'

/**
 * Writes a snapshot's object back without asking whose the registration is; deletes a service that dev-hook made. Resolves
 * with false when the platform could not verify the URL. Throws what the client throws.
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
  for (const [index, { hook, status }] of forms.entries()) {
    try {
      await writeLocation(client, located, hook, { status, signal })
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
