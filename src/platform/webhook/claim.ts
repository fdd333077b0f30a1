// Pointing the platform at a URL of ours, and making sure that it stuck.
import { backOff, sleep } from '../../core/async.ts'
import { DevHookError, messageOf } from '../../core/errors.ts'
import { runIdOf, withoutCredentials } from '../../core/hook-url.ts'
import { isRecord, type Json, omit, textIn, valueIn } from '../../core/json.ts'

import { DEFAULT_EVENTS } from '../../protocol/events.ts'
import { isTransient } from '../api/api-errors.ts'
import type { Client } from '../api/client.ts'

import type { Located } from './locate.ts'
import { type Place, readPlace, type Sighting, sight, withoutMask, writePlace } from './location.ts'
import type { Ledger } from './pending-write.ts'
import { afterFreshRead } from './read-modify-write.ts'
import { createSecret, createService, findService } from './service.ts'
import { isOurs, type Snapshot } from './snapshot.ts'
import { writeBack } from './write-back.ts'

/** What a claim works with. */
export interface Claimant {
  readonly client: Client
  readonly ledger: Ledger
  /** The URL that may be replaced besides ours: the one of the snapshot, until the claim has stuck. */
  readonly replaceable: () => string | null
  /** Hears of the secret at every write and read. */
  readonly learn: (secret: string | null) => void
}

const READS = 3
const MOST_URLS = 10

/**
 * Writes the whole hook, changed in URL and events; `events` null keeps what was registered. Returns the URL as the platform
 * shows it. Throws `superseded` when somebody else's URL is there by now, `claimDidNotStick`, or what the client throws.
 */
export async function claim(
  claimant: Claimant,
  url: string,
  events: readonly string[] | null,
  signal: AbortSignal,
): Promise<string> {
  const snapshot = snapshotOf(claimant)
  const urls = [...snapshot.urls.filter((other) => other !== url), url].slice(-MOST_URLS)
  // On disk before the write, so that a crash in between leaves a URL that is recognised as ours.
  await claimant.ledger.record({ ...snapshot, urls })
  const place = snapshot.place ?? (await create(claimant, url, events, signal))
  if (snapshot.place !== null) await rewrite(claimant, place, url, events, signal)
  return confirm(claimant, place, url, signal)
}

function snapshotOf({ ledger }: Claimant): Snapshot {
  const snapshot = ledger.snapshot()
  if (snapshot === null) throw new DevHookError('unexpected', 'a claim without a snapshot')
  return snapshot
}

async function rewrite(
  claimant: Claimant,
  place: Place,
  url: string,
  events: readonly string[] | null,
  signal: AbortSignal,
): Promise<void> {
  const { client, ledger, learn } = claimant
  await afterFreshRead(
    () => readPlace(client, place, (shown) => mayReplace(claimant, shown), signal),
    async (seen) => {
      if (seen === null || !mayReplace(claimant, seen.registered.url)) throw superseded(place, seen)
      const hook = claimed(snapshotOf(claimant), seen, url, events)
      const json = await ledger.send((sending) => writePlace(client, place, seen, hook, { signal: sending }), signal)
      if (isRecord(json)) learn(sight(place, json, (shown) => shown === url).registered.secret)
    },
    signal,
  )
}

function mayReplace(claimant: Claimant, url: string | null): boolean {
  return url === claimant.replaceable() || isOurs(snapshotOf(claimant), url)
}

function claimed(snapshot: Snapshot, seen: Sighting, url: string, events: readonly string[] | null): Json {
  const hook = { ...omit(withoutMask(seen.hook ?? {}), 'events'), url, ...subscription(snapshot, events) }
  // A service that shows no secret gets one that we know, as its deliveries are signed with it in any case.
  return snapshot.kind === 'service' && !('secret' in hook) ? { ...hook, secret: createSecret() } : hook
}

function subscription(snapshot: Snapshot, events: readonly string[] | null): Json {
  if (events !== null) return { events }
  const { before, previousUnknown } = snapshot
  const kept = valueIn(before, 'events')
  const registered = textIn(before, 'url') !== null || previousUnknown
  if (Array.isArray(kept) && (registered || kept.length > 0)) return { events: kept }
  // Registered without a list of events means all of them.
  return registered ? {} : { events: DEFAULT_EVENTS }
}

async function create(
  claimant: Claimant,
  url: string,
  events: readonly string[] | null,
  signal: AbortSignal,
): Promise<Place> {
  const { client, ledger, learn } = claimant
  const { serviceName } = snapshotOf(claimant)
  const params = { url, secret: createSecret(), events: events ?? DEFAULT_EVENTS }
  client.conceal(params.secret)
  const { place, seen } = await ledger
    .send((sending) => createService(client, serviceName, params, sending), signal)
    .catch((error: unknown) => createdAfterAll(claimant, error, signal))
  // Seen there, so that it is not on its way any more.
  await ledger.record({ ...snapshotOf(claimant), place, writeSentAt: null })
  learn(params.secret)
  learn(seen.registered.secret)
  return place
}

// A POST is not repeated, but one whose answer was lost may have worked.
async function createdAfterAll({ client, ledger }: Claimant, error: unknown, signal: AbortSignal): Promise<Located> {
  const snapshot = ledger.snapshot()
  if (snapshot === null || signal.aborted || !isTransient(error)) throw error
  const found = await findService(client, snapshot.serviceName, (url) => isOurs(snapshot, url), signal)
  if (found === null) throw error
  return found
}

async function confirm(claimant: Claimant, place: Place, url: string, signal: AbortSignal): Promise<string> {
  let seen: Sighting | null = null
  for (let read = 0; read < READS; read++) {
    if (read > 0) await sleep(backOff(read, 200, 1_000), signal)
    seen = await readPlace(claimant.client, place, (shown) => mayReplace(claimant, shown), signal)
    const shown = seen?.registered.url ?? null
    if (seen !== null && shown !== null && isSameHook(shown, url)) {
      claimant.learn(seen.registered.secret)
      return shown
    }
    // Another dev-hook was a moment later: it is not for us to write over that.
    if (shown !== null && runIdOf(shown) !== null && !mayReplace(claimant, shown)) throw superseded(place, seen)
  }
  throw await didNotStick(claimant, place, seen, url, signal)
}

// The platform may write it in another way, or mask its password.
function isSameHook(shown: string, url: string): boolean {
  if (shown === url) return true
  return runIdOf(shown) !== null && runIdOf(shown) === runIdOf(url) && new URL(shown).host === new URL(url).host
}

async function didNotStick(
  claimant: Claimant,
  place: Place,
  seen: Sighting | null,
  url: string,
  signal: AbortSignal,
): Promise<DevHookError> {
  const shown = seen?.registered.url ?? null
  const tried = `PATCH ${place.document} with ${withoutCredentials(url)} was accepted, but ${place.label} shows ${nameOf(shown)}`
  const outcome = await undo(claimant, place, seen, signal).catch(
    (error: unknown) => `what was there could not be written back: ${messageOf(error)}`,
  )
  return new DevHookError('claimDidNotStick', `${tried}; ${outcome}`)
}

async function undo(claimant: Claimant, place: Place, seen: Sighting | null, signal: AbortSignal): Promise<string> {
  if (seen === null) return 'there is nothing to write back'
  const snapshot = snapshotOf(claimant)
  const shown = seen.registered.url
  if (shown !== null && shown !== textIn(snapshot.before, 'url')) {
    // Made of ours by the platform: known as ours, should it stay there.
    await claimant.ledger.record({ ...snapshot, urls: [...snapshot.urls, shown] })
  }
  await writeBack(claimant.client, snapshot, { place, seen }, signal)
  return 'what was there was written back'
}

const nameOf = (url: string | null): string => (url === null ? 'no URL' : withoutCredentials(url))

function superseded(place: Place, seen: Sighting | null): DevHookError {
  const shown = seen === null ? 'it is gone' : `it shows ${nameOf(seen.registered.url)}`
  return new DevHookError('superseded', `somebody else changed ${place.label}: ${shown}`)
}
