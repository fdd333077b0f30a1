// Waiting until the platform has verified the URL that it was given.
import { onAbort, poll, raceTimeout, rejectOnAbort } from '../../core/async.ts'
import { DevHookError, type ErrorName } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import { exponential } from '../../core/pace.ts'
import type { Client } from '../api/client.ts'
import { isActive } from './hook.ts'
import { type Located, readLocation, requestVerification, verifiesOnRequest, type WebhookLocation } from './location.ts'
import { isOurs } from './snapshot.ts'
import type { SnapshotStore } from './snapshot-store.ts'

/** The webhook of this run, as it was claimed. */
interface ClaimedWebhook {
  readonly client: Client
  readonly store: SnapshotStore
  readonly location: WebhookLocation
}

export interface VerifyOptions extends ClaimedWebhook {
  /** As claimed, for the error. */
  readonly url: string
  /** False when the last claim wrote the URL that was there already: then the platform sends no challenge. */
  readonly changed: boolean
  /** How long to wait for the challenge, before and again after asking once more, in ms. */
  readonly withinMs: number
  /** Resolves when a challenge reached us. */
  readonly challenged: (signal: AbortSignal) => Promise<void>
}

// What the platform may answer when the challenge failed, in whatever words, or when it is too busy to send one.
const REFUSED: readonly ErrorName[] = ['notVerified', 'permissionDenied', 'apiRefused', 'apiFailed', 'apiUnreachable']
/** From the challenge to the status: the platform has had its answer by then. */
const STATUS_MS = 5_000
const ROUNDS = 2

/** Resolves when the challenge came and the platform, where it shows a status, shows active. Throws `notVerified`, `superseded`. */
export async function verifyWebhook(options: VerifyOptions, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const off = onAbort(signal, () => over.abort(signal.reason))
  const challenge = rejectOnAbort(options.challenged(over.signal), signal)
  // Left alone once this is over: its rejection then is our own abort.
  challenge.catch(() => {})
  try {
    await untilVerified(options, challenge, signal)
  } finally {
    off()
    over.abort()
  }
}

/**
 * Asks the platform once more to verify the URL that it has shown as unverified. Resolves to whether it shows active then.
 * Throws `superseded`, or what keeps it from being asked.
 */
export async function verifyAgain(claimed: ClaimedWebhook, signal: AbortSignal): Promise<boolean> {
  const refusal = await request(claimed, signal)
  return isActive(await settledStatus(claimed, refusal === null, signal))
}

async function untilVerified(options: VerifyOptions, challenge: Promise<void>, signal: AbortSignal): Promise<void> {
  const { location, changed, withinMs } = options
  let arrived = false
  let refusal: string | null = null
  let status = await readStatus(options, signal)
  if (!changed && isActive(status)) return
  // Where it verifies on request the status is right at once; elsewhere asking is worth it only when nothing comes by itself.
  if (verifiesOnRequest(location) && !isActive(status)) refusal = await request(options, signal)
  for (let round = 0; round < ROUNDS; round++) {
    if (round > 0) refusal = await request(options, signal)
    arrived = (await raceTimeout(challenge, withinMs)) !== 'late'
    status = await settledStatus(options, arrived, signal)
    if (arrived && (status === null || isActive(status))) return
  }
  throw notVerified(options, { arrived, status, refusal })
}

function notVerified(
  { url }: VerifyOptions,
  {
    arrived,
    status,
    refusal,
  }: { readonly arrived: boolean; readonly status: string | null; readonly refusal: string | null },
): DevHookError {
  const seen = arrived ? 'a challenge was answered' : 'no challenge reached dev-hook'
  const shows = status === null ? '' : `, the platform shows status ${status}`
  const last = refusal === null ? '' : ` (${refusal})`
  return new DevHookError('notVerified', `${withoutCredentials(url)} was not verified: ${seen}${shows}${last}`)
}

async function readOurs({ client, store, location }: ClaimedWebhook, signal: AbortSignal): Promise<Located> {
  const snapshot = store.snapshot()
  const isMine = (url: string | null): boolean => snapshot !== null && isOurs(snapshot, url)
  const reading = await readLocation(client, location, isMine, signal)
  if (reading !== null && isMine(reading.registered.url)) return { location, reading }
  throw new DevHookError('superseded', `somebody else changed ${location.label} while it was being verified`)
}

const readStatus = async (options: ClaimedWebhook, signal: AbortSignal): Promise<string | null> =>
  (await readOurs(options, signal)).reading.registered.status

function settledStatus(options: ClaimedWebhook, arrived: boolean, signal: AbortSignal): Promise<string | null> {
  return poll(
    () => readStatus(options, signal),
    (status) => !arrived || status === null || isActive(status),
    { pace: exponential(100, 1_000), limitMs: STATUS_MS, signal },
  )
}

/** Asks for verification; resolves with the platform's message when it refused, else with `null`. */
async function request(options: ClaimedWebhook, signal: AbortSignal): Promise<string | null> {
  const { client, store } = options
  try {
    const located = await readOurs(options, signal)
    await store.send((sending) => requestVerification(client, located, sending), signal)
    return null
  } catch (error) {
    if (error instanceof DevHookError && error.is(...REFUSED)) return error.message
    throw error
  }
}
