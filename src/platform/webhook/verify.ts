// Waiting until the platform has verified the URL that it was given.
import { backOff, raceTimeout, rejectOnAbort, sleep } from '../../core/async.ts'
import { DevHookError, type ErrorName } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/hook-url.ts'

import type { Client } from '../api/client.ts'
import {
  isActive,
  isService,
  type Place,
  readPlace,
  type Sighting,
  statusIn,
  withoutMask,
  writePlace,
} from './location.ts'
import type { Ledger } from './pending-write.ts'
import { isOurs } from './snapshot.ts'

export interface VerifyOptions {
  readonly client: Client
  readonly ledger: Ledger
  readonly place: Place
  /** As claimed, for the error. */
  readonly url: string
  /** False when the last claim wrote the URL that was there already: then the platform sends no challenge. */
  readonly changed: boolean
  /** For the challenge, before and again after asking once more. */
  readonly withinMs: number
  /** Resolves when a challenge reached us. */
  readonly challenged: (signal: AbortSignal) => Promise<void>
}

// What the platform may say when the challenge failed, in whatever words, or when it is too busy to send one.
const REFUSED: readonly ErrorName[] = ['notVerified', 'permissionDenied', 'apiRefused', 'apiFailed', 'apiUnreachable']
/** From the challenge to the status: the platform has had its answer by then. */
const STATUS_MS = 5_000

/** Resolves when the challenge came and the platform, where it shows a status, says active. Throws `notVerified`, `superseded`. */
export async function verify(options: VerifyOptions, signal: AbortSignal): Promise<void> {
  const { url, withinMs, challenged } = options
  const ended = new AbortController()
  const challenge = rejectOnAbort(challenged(AbortSignal.any([signal, ended.signal])), signal)
  // Left alone once this is over: its rejection then is our own abort.
  challenge.catch(() => {})
  let arrived = false
  let refusal: string | null = null
  try {
    let status = (await look(options, signal)).registered.status
    if (!options.changed && isActive(status)) return
    // A service says so at once whether it is verified; elsewhere asking is worth it only when nothing comes by itself.
    if (isService(options.place) && !isActive(status)) refusal = await ask(options, signal)
    for (let round = 0; round < 2; round++) {
      if (round > 0) refusal = await ask(options, signal)
      arrived = (await raceTimeout(challenge, withinMs)) !== 'late'
      status = await settledStatus(options, arrived, signal)
      if (arrived && (status === null || isActive(status))) return
    }
    const seen = arrived ? 'a challenge was answered' : 'no challenge reached dev-hook'
    const says = status === null ? '' : `, the platform shows status ${status}`
    const last = refusal === null ? '' : ` (${refusal})`
    throw new DevHookError('notVerified', `${withoutCredentials(url)} was not verified: ${seen}${says}${last}`)
  } finally {
    ended.abort()
  }
}

async function look({ client, ledger, place }: VerifyOptions, signal: AbortSignal): Promise<Sighting> {
  const snapshot = ledger.snapshot()
  const ours = (url: string | null): boolean => snapshot !== null && isOurs(snapshot, url)
  const seen = await readPlace(client, place, ours, signal)
  if (seen !== null && ours(seen.registered.url)) return seen
  throw new DevHookError('superseded', `somebody else changed ${place.label} while it was being verified`)
}

async function settledStatus(options: VerifyOptions, arrived: boolean, signal: AbortSignal): Promise<string | null> {
  const limit = Math.min(STATUS_MS, options.withinMs)
  for (let waited = 0, read = 0; ; read++) {
    const { status } = (await look(options, signal)).registered
    if (!arrived || status === null || isActive(status) || waited >= limit) return status
    const ms = backOff(read, 100, 1_000)
    await sleep(ms, signal)
    waited += ms
  }
}

/** Asks for verification; resolves with what the platform said when it refused. */
async function ask(options: VerifyOptions, signal: AbortSignal): Promise<string | null> {
  const { client, ledger, place } = options
  try {
    const seen = await look(options, signal)
    await ledger.send((sending) => activate(client, place, seen, sending), signal)
    return null
  } catch (error) {
    if (error instanceof DevHookError && error.is(...REFUSED)) return error.message
    throw error
  }
}

async function activate(client: Client, place: Place, seen: Sighting, signal: AbortSignal): Promise<void> {
  if (isService(place)) {
    await client.patch(place.document, { signal, body: { status: 'active' } })
    return
  }
  const hook = withoutMask(seen.hook ?? {})
  // Only in the words that the place itself uses; where it shows none, saving it again is all that can be done.
  const asked = 'status' in hook ? { status: 'active' } : statusIn(hook) === null ? {} : { verified: true }
  await writePlace(client, place, seen, { ...hook, ...asked }, { signal })
}
