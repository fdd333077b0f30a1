// Pointing the platform at a URL of ours, and making sure that it stuck.
import { poll } from '../../core/async.ts'
import { DevHookError, messageOf } from '../../core/errors.ts'
import { runIdOf, withoutCredentials } from '../../core/hook-url.ts'
import { isRecord, type Json, omit, textIn, valueIn } from '../../core/json.ts'
import { exponential } from '../../core/pace.ts'
import { DEFAULT_EVENTS } from '../../protocol/events.ts'
import { isTransient } from '../api/api-errors.ts'
import type { Client } from '../api/client.ts'
import { withoutMask } from './hook.ts'
import { type Located, type Reading, readingOf, readLocation, type WebhookLocation, writeLocation } from './location.ts'
import { createSecret, createService, findService } from './service.ts'
import { isOurs, type Snapshot } from './snapshot.ts'
import type { SnapshotStore } from './snapshot-store.ts'
import { readModifyWrite } from './write/read-modify-write.ts'
import { writeBack } from './write/write-back.ts'

/** What a claim works with. */
export interface ClaimContext {
  readonly client: Client
  readonly store: SnapshotStore
  /** The URL that may be replaced besides ours: the one of the snapshot, until the claim has stuck. */
  readonly replaceable: () => string | null
  /** Called with the secret of every write and read; `null` when the platform shows none. */
  readonly secretSeen: (secret: string | null) => void
}

/** A URL that the platform is to have, and the events for it; `null` keeps those that were registered. */
interface ClaimedUrl {
  readonly url: string
  readonly events: readonly string[] | null
}

const READS = 3
const MAX_URLS = 10

/**
 * Writes the whole hook, changed in URL and events; `events` null keeps what was registered. Returns the URL as the platform
 * shows it. Throws `superseded` when somebody else's URL is there by now, `claimDidNotStick`, or what the client throws.
 */
export async function claimWebhook(
  context: ClaimContext,
  url: string,
  events: readonly string[] | null,
  signal: AbortSignal,
): Promise<string> {
  const snapshot = snapshotOf(context)
  const urls = [...snapshot.urls.filter((other) => other !== url), url].slice(-MAX_URLS)
  // On disk before the write, so that a crash in between leaves a URL that is recognised as ours.
  await context.store.save({ ...snapshot, urls })
  const claimed = { url, events }
  if (snapshot.location === null) return confirm(context, await create(context, claimed, signal), url, signal)
  await rewrite(context, snapshot.location, claimed, signal)
  return confirm(context, snapshot.location, url, signal)
}

function snapshotOf({ store }: ClaimContext): Snapshot {
  const snapshot = store.snapshot()
  if (snapshot === null) throw new DevHookError('unexpected', 'a claim without a snapshot')
  return snapshot
}

async function rewrite(
  context: ClaimContext,
  location: WebhookLocation,
  claimed: ClaimedUrl,
  signal: AbortSignal,
): Promise<void> {
  const { client, store, secretSeen } = context
  await readModifyWrite(
    () => readLocation(client, location, (shown) => mayReplace(context, shown), signal),
    async (reading) => {
      if (reading === null || !mayReplace(context, reading.registered.url)) throw superseded(location, reading)
      const hook = claimedHook(snapshotOf(context), reading, claimed)
      const located = { location, reading }
      const json = await store.send((sending) => writeLocation(client, located, hook, { signal: sending }), signal)
      if (isRecord(json)) secretSeen(readingOf(location, json, (shown) => shown === claimed.url).registered.secret)
    },
    signal,
  )
}

function mayReplace(context: ClaimContext, url: string | null): boolean {
  return url === context.replaceable() || isOurs(snapshotOf(context), url)
}

function claimedHook(snapshot: Snapshot, reading: Reading, { url, events }: ClaimedUrl): Json {
  const hook = { ...omit(withoutMask(reading.hook ?? {}), 'events'), url, ...subscription(snapshot, events) }
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
  context: ClaimContext,
  { url, events }: ClaimedUrl,
  signal: AbortSignal,
): Promise<WebhookLocation> {
  const { client, store, secretSeen } = context
  const { serviceName } = snapshotOf(context)
  const params = { url, secret: createSecret(), events: events ?? DEFAULT_EVENTS }
  client.conceal(params.secret)
  const { location, reading } = await store
    .send((sending) => createService(client, serviceName, params, sending), signal)
    .catch((error: unknown) => createdAfterAll(context, error, signal))
  // Seen there, so that it is not on its way any more.
  await store.save({ ...snapshotOf(context), location, writeSentAt: null })
  secretSeen(params.secret)
  secretSeen(reading.registered.secret)
  return location
}

// A POST is not repeated, but one whose answer was lost may have worked.
async function createdAfterAll({ client, store }: ClaimContext, error: unknown, signal: AbortSignal): Promise<Located> {
  const snapshot = store.snapshot()
  if (snapshot === null || signal.aborted || !isTransient(error)) throw error
  const found = await findService(client, snapshot.serviceName, (url) => isOurs(snapshot, url), signal)
  if (found === null) throw error
  return found
}

async function confirm(
  context: ClaimContext,
  location: WebhookLocation,
  url: string,
  signal: AbortSignal,
): Promise<string> {
  const read = async (): Promise<Reading | null> => {
    const reading = await readLocation(context.client, location, (shown) => mayReplace(context, shown), signal)
    const shown = reading?.registered.url ?? null
    // Another dev-hook was a moment later: it is not for us to write over that.
    if (shown !== null && runIdOf(shown) !== null && !mayReplace(context, shown)) throw superseded(location, reading)
    return reading
  }
  const hasStuck = (reading: Reading | null): boolean => isSameHook(reading?.registered.url ?? null, url)
  const reading = await poll(read, hasStuck, { pace: exponential(400, 1_000), tries: READS, signal })
  const shown = reading?.registered.url ?? null
  if (reading === null || shown === null || !hasStuck(reading)) {
    throw await didNotStick(context, location, reading, url, signal)
  }
  context.secretSeen(reading.registered.secret)
  return shown
}

// The platform may write it in another way, or mask its password.
function isSameHook(shown: string | null, url: string): boolean {
  if (shown === url) return true
  if (shown === null || runIdOf(shown) === null) return false
  return runIdOf(shown) === runIdOf(url) && new URL(shown).host === new URL(url).host
}

async function didNotStick(
  context: ClaimContext,
  location: WebhookLocation,
  reading: Reading | null,
  url: string,
  signal: AbortSignal,
): Promise<DevHookError> {
  const shown = urlText(reading?.registered.url ?? null)
  const tried = `PATCH ${location.document} with ${withoutCredentials(url)} was accepted, but ${location.label} shows ${shown}`
  const outcome = await undo(context, location, reading, signal).catch(
    (error: unknown) => `what was there could not be written back: ${messageOf(error)}`,
  )
  return new DevHookError('claimDidNotStick', `${tried}; ${outcome}`)
}

async function undo(
  context: ClaimContext,
  location: WebhookLocation,
  reading: Reading | null,
  signal: AbortSignal,
): Promise<string> {
  if (reading === null) return 'there is nothing to write back'
  const snapshot = snapshotOf(context)
  const shown = reading.registered.url
  if (shown !== null && shown !== textIn(snapshot.before, 'url')) {
    // Made of ours by the platform: known as ours, should it stay there.
    await context.store.save({ ...snapshot, urls: [...snapshot.urls, shown] })
  }
  await writeBack(context.client, snapshot, { location, reading }, signal)
  return 'what was there was written back'
}

const urlText = (url: string | null): string => (url === null ? 'no URL' : withoutCredentials(url))

function superseded({ label }: WebhookLocation, reading: Reading | null): DevHookError {
  const shown = reading === null ? 'it is gone' : `it shows ${urlText(reading.registered.url)}`
  return new DevHookError('superseded', `somebody else changed ${label}: ${shown}`)
}
