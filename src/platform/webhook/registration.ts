// One bot's registration on the platform, from the first look to the restore.

import { DevHookError } from '../../core/errors.ts'
import { type HookAddress, withoutCredentials } from '../../core/hook-url.ts'
import { omit, textIn } from '../../core/json.ts'
import { type Emit, type HookKind, type RestoreResult, warning } from '../../core/notices.ts'
import type { Owner, Registration } from '../../core/ports.ts'
import type { Client } from '../api/client.ts'

import { readLeftover, settleLeftover } from './adopt-leftover.ts'
import { claim } from './claim.ts'
import { findBotWebhook, type Located } from './locate.ts'
import { isMasked, isService, readPlace, registeredOf, type Sighting, statusIn } from './location.ts'
import { createManualRegistration } from './manual.ts'
import { findOwner, type Probe } from './owner.ts'
import { createLedger } from './pending-write.ts'
import { LANDING_MS, restoreFromSnapshot } from './restore.ts'
import { findService } from './service.ts'
import { isOurs, type Snapshot } from './snapshot.ts'
import { verify } from './verify.ts'

export interface RegistrationOptions {
  readonly client: Client
  readonly kind: HookKind
  readonly botId: string
  /** The state folder of this bot. */
  readonly folder: string
  /** Of this run: its run id makes a URL ours. */
  readonly address: HookAddress
  /** `dev-hook <bot> <user>@<host>` */
  readonly serviceName: string
  /** Where the webhook is in the bot's document, if the table of places does not know: `settings.hook`, `hooks.1`. */
  readonly webhookPath: string | null
  /** From the config, for when the platform shows none. */
  readonly secret: string | null
  readonly probe: Probe
  /** Hears warnings and errors; what the run did is for the caller to announce. */
  readonly emit: Emit
  /** How long `verify` waits for the challenge, before and again after asking once more. */
  readonly verifyWithinMs?: number
  readonly restoreWithinMs?: number
  readonly now?: () => number
}

/** A read that nobody else bounds. */
const READ_MS = 10_000
/** Longer than a claim whose answer was lost may take to land, so that the last look comes after it. */
const RESTORE_MS = LANDING_MS + 1_000

/**
 * Looks at the registration and finds out whose it is; writes nothing, unless an earlier run left something elsewhere to put
 * back. Goes `manual`, with a warning, where no place is certain. Throws what the client throws, `notRestored`, `stateUnwritable`.
 */
export async function openRegistration(options: RegistrationOptions, signal: AbortSignal): Promise<Registration> {
  const { client, emit, serviceName, now = Date.now } = options
  const leftoverOptions = { ...options, now }
  const leftover = await readLeftover(leftoverOptions)
  const located = await locate(options, signal)
  const kind = located === 'manual' ? 'manual' : options.kind
  const found = located === 'manual' ? null : located
  const wanted = { kind, serviceName, located: found }
  const adopted = leftover === null ? null : await settleLeftover(leftoverOptions, leftover, wanted, signal)
  if (kind === 'manual') return createManualRegistration(options.secret)
  client.conceal(options.secret)
  const owner: Owner =
    adopted === null
      ? await findOwner(found?.seen.registered.url ?? null, options.probe, signal)
      : { is: 'us', runId: adopted.runId }
  return createRegistration({ ...options, emit, now, kind }, found, owner, adopted)
}

async function locate(options: RegistrationOptions, signal: AbortSignal): Promise<Located | null | 'manual'> {
  const { client, kind, botId, webhookPath, serviceName, emit } = options
  if (kind === 'manual') return 'manual'
  if (kind === 'service') return findService(client, serviceName, () => true, signal)
  const found = await findBotWebhook(client, botId, webhookPath, signal)
  if ('place' in found) return found
  emit(warning(found.why, found.message))
  return 'manual'
}

type ReadyOptions = RegistrationOptions & { readonly kind: 'bot' | 'service'; readonly now: () => number }

function createRegistration(
  options: ReadyOptions,
  located: Located | null,
  owner: Owner,
  adopted: Snapshot | null,
): Registration {
  const { client, kind, folder, emit, now, verifyWithinMs = 20_000, restoreWithinMs = RESTORE_MS } = options
  const ledger = createLedger(folder, adopted, now)
  const looked = located?.seen.registered.url ?? null
  let secret: string | null = null
  let replaceable = looked
  let claimed: { readonly url: string; readonly changed: boolean } | null = null
  let taken = false
  let restoring: Promise<RestoreResult> | null = null

  function learn(seen: string | null): void {
    secret = seen ?? secret
    client.conceal(secret)
  }
  learn(located?.seen.registered.secret ?? null)
  client.conceal(textIn(adopted?.before, 'secret'))
  client.conceal(options.address.password)

  const isMine = (url: string | null): boolean => {
    const snapshot = ledger.snapshot()
    return snapshot !== null && isOurs(snapshot, url)
  }

  async function look(signal: AbortSignal): Promise<Sighting | null> {
    const place = ledger.snapshot()?.place ?? located?.place
    return place === undefined || place === null
      ? null
      : readPlace(client, place, (url) => isMine(url) || (claimed === null && url === looked), signal)
  }

  async function takeSnapshot(): Promise<void> {
    if (taken) return
    if (adopted === null) await ledger.record(await snapshotOfNow())
    else await ledger.record({ ...adopted, runId: options.address.runId, pid: process.pid, writeSentAt: null })
    taken = true
  }

  async function snapshotOfNow(): Promise<Snapshot> {
    const seen = await look(AbortSignal.timeout(READ_MS))
    const url = seen?.registered.url ?? null
    if (url !== looked) {
      const by = url === null ? 'has no URL any more' : `points to ${withoutCredentials(url)} by now`
      throw new DevHookError('taken', `the webhook was changed during the start: it ${by}`)
    }
    const hidden = textIn(seen?.hook, 'secret')
    if (hidden !== null && isMasked(hidden))
      emit(warning('secretHidden', 'the platform hides the secret of the webhook'))
    const { botId, address, serviceName } = options
    const base = {
      version: 1,
      kind,
      apiHost: client.apiHost,
      botId,
      runId: address.runId,
      urls: [],
      serviceName,
    } as const
    const trace = { takenAt: new Date(now()).toISOString(), pid: process.pid, writeSentAt: null }
    return { ...base, ...trace, ...previous(seen) }
  }

  // Another dev-hook's URL is no registration to put back: what was there before it, nobody knows here.
  function previous(seen: Sighting | null) {
    const gone = owner.is === 'dev-hook'
    const place = seen === null ? null : (located?.place ?? null)
    // By its name ours, so made by a run on this machine whose snapshot is lost.
    const created = kind === 'service' && (place === null || gone)
    const hook = seen?.hook ?? null
    const before = gone && hook !== null ? omit(hook, 'url', 'status', 'verified') : hook
    return {
      place,
      created,
      before,
      beforeStatus: place !== null && isService(place) ? (seen?.registered.status ?? null) : null,
      previousUnknown: gone,
    }
  }

  async function claimUrl(url: string, events: readonly string[] | null, signal: AbortSignal): Promise<void> {
    await takeSnapshot()
    const before = claimed?.url ?? looked
    const shown = await claim({ client, ledger, learn, replaceable: () => replaceable }, url, events, signal)
    // From now on anything else than ours is somebody's.
    replaceable = shown
    claimed = { url: shown, changed: shown !== before }
  }

  async function restore(): Promise<RestoreResult> {
    const signal = AbortSignal.timeout(restoreWithinMs)
    await ledger.end(restoreWithinMs / 2)
    const snapshot = ledger.snapshot()
    return snapshot === null ? 'nothing' : restoreFromSnapshot({ client, snapshot, folder, emit, now }, signal)
  }

  return {
    kind,
    owner,
    before: beforeOf(adopted, located),
    secret: () => secret ?? options.secret,
    rereadSecret: async () => {
      learn((await look(AbortSignal.timeout(READ_MS)))?.registered.secret ?? null)
      return secret ?? options.secret
    },
    takeSnapshot,
    claim: claimUrl,
    verify: async (challenged, signal) => {
      const place = ledger.snapshot()?.place
      if (claimed === null || !place) throw new DevHookError('unexpected', 'a verification without a claim')
      await verify({ client, ledger, place, ...claimed, withinMs: verifyWithinMs, challenged }, signal)
    },
    check: async (signal) => (isMine((await look(signal))?.registered.url ?? null) ? 'ours' : 'superseded'),
    restore: () => {
      restoring ??= restore()
      return restoring
    },
  }
}

function beforeOf(adopted: Snapshot | null, located: Located | null): Registration['before'] {
  if (adopted === null) return located?.seen.registered.url == null ? null : located.seen.registered
  const { before, beforeStatus } = adopted
  return textIn(before, 'url') === null ? null : registeredOf(before, beforeStatus ?? statusIn(before))
}
