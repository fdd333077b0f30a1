// One bot's registration on the platform, from the first read to the restore.
import { withDeadline } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { type HookAddress, runIdOf, withoutCredentials } from '../../core/hook-url.ts'
import { omit, textIn } from '../../core/json.ts'
import { type Emit, type HookKind, type RestoreResult, warning } from '../../core/notices.ts'
import type { Owner, Registered, Registration } from '../../core/ports.ts'
import type { Client } from '../api/client.ts'
import { isHandedOn, readLeftover, settleLeftover } from './adopt-leftover.ts'
import type { Ancestor, Join } from './ancestors.ts'
import { createChain, joinOwner } from './chain.ts'
import { claimWebhook } from './claim.ts'
import type { HandDown } from './hand-down.ts'
import { isMasked, registeredOf, statusIn } from './hook.ts'
import { findWebhook, type WebhookRequest } from './locate.ts'
import { type Located, type Reading, readLocation, statusBeside } from './location.ts'
import { createManualRegistration } from './manual.ts'
import { findOwner, type OwnerProbe } from './owner.ts'
import { LANDING_MS, restoreFromSnapshot } from './restore.ts'
import { isOurs, type Snapshot } from './snapshot.ts'
import { createSnapshotStore } from './snapshot-store.ts'
import { verifyAgain, verifyWebhook } from './verify.ts'

export interface RegistrationOptions extends Omit<WebhookRequest, 'kind'> {
  readonly client: Client
  readonly kind: Exclude<HookKind, 'relay'>
  /** The state folder of this bot. */
  readonly folder: string
  /** Of this run: its run id makes a URL ours. */
  readonly address: HookAddress
  /** From the config, for when the platform shows none. */
  readonly secret: string | null
  readonly probe: OwnerProbe
  /** Tells another dev-hook that has the webhook what was before this run. */
  readonly handDown?: HandDown
  /** Whether a URL may be put back that another dev-hook names. Default: any. */
  readonly mayPutBack?: (url: string) => boolean
  /** Asks to stand in front of another dev-hook, which goes on. Absent where the webhook is to be had alone. */
  readonly join?: Join
  /** Is given warnings and errors; what the run did is for the caller to announce. */
  readonly emit: Emit
  /** Called with every snapshot that is to be saved, before the write to the platform that it is saved for. */
  readonly snapshotSaving?: (snapshot: Snapshot) => void
  /** How long `verify` waits for the challenge, before and again after asking once more. */
  readonly verifyWithinMs?: number
  readonly restoreWithinMs?: number
  /** How long after a dev-hook was seen not to answer it is asked once more. */
  readonly lookAgainMs?: number
  readonly now?: () => number
}

/** A read that nobody else bounds. */
const READ_MS = 10_000
/** Longer than a claim whose answer was lost may take to land, so that the last read comes after it. */
const RESTORE_MS = LANDING_MS + 1_000

/**
 * Reads the registration and finds out whose it is; writes nothing, unless an earlier run left something elsewhere to
 * restore. Goes `manual`, with a warning, where no location is certain. Throws what the client throws, `notRestored`,
 * `stateUnwritable`.
 */
export async function openRegistration(options: RegistrationOptions, signal: AbortSignal): Promise<Registration> {
  const { serviceName, now = Date.now } = options
  const leftoverOptions = { ...options, now }
  const { snapshot: leftover, damagedText } = await readLeftover(leftoverOptions)
  const found = await locate(options, signal)
  const { kind, located } = found
  const wanted = { kind, serviceName, located }
  const settled = leftover === null ? null : await settleLeftover(leftoverOptions, leftover, wanted, signal)
  if (found.kind === 'manual') return createManualRegistration(options.secret)
  const adopted = settled !== null && (await isHandedOn(leftoverOptions, settled, signal)) ? null : settled
  const { url = null, secret = null } = located?.reading.registered ?? {}
  const first = adopted?.owner ?? (await findOwner(url, { snapshot: null, probe: options.probe }, signal))
  const { owner, ancestors } = await joinOwner(
    first,
    { join: adopted === null ? options.join : undefined, secret: secret ?? options.secret },
    signal,
  )
  const isSnapshotLost =
    damagedText !== null && owner.is === 'dev-hook' && damagedText.includes(runIdOf(owner.url) ?? '/')
  return createRegistration({
    ...options,
    now,
    kind: found.kind,
    located,
    owner,
    ancestors,
    adopted: adopted?.snapshot ?? null,
    isSnapshotLost,
  })
}

type FoundWebhook =
  | { readonly kind: 'manual'; readonly located: null }
  | { readonly kind: 'bot' | 'service'; readonly located: Located | null }

async function locate(options: RegistrationOptions, signal: AbortSignal): Promise<FoundWebhook> {
  const { client, kind, emit } = options
  if (kind === 'manual') return { kind, located: null }
  const found = await findWebhook(client, { ...options, kind }, signal)
  if (found === null || 'location' in found) return { kind, located: found }
  emit(warning(found.why, found.message))
  return { kind: 'manual', located: null }
}

interface Opened extends RegistrationOptions {
  readonly kind: 'bot' | 'service'
  readonly now: () => number
  /** `null` for a service that has yet to be created. */
  readonly located: Located | null
  readonly owner: Owner
  /** The dev-hooks that this run stands in front of. */
  readonly ancestors: readonly Ancestor[]
  /** The snapshot of an earlier run, which this one continues. */
  readonly adopted: Snapshot | null
  /** The URL is of a dead run of this machine, whose snapshot cannot be read: what was there before that run is not known. */
  readonly isSnapshotLost: boolean
}

function createRegistration(opened: Opened): Registration {
  const { client, kind, folder, now, located, owner, adopted } = opened
  const { verifyWithinMs = 20_000, restoreWithinMs = RESTORE_MS } = opened
  const store = createSnapshotStore({ folder, adopted, saving: opened.snapshotSaving ?? (() => {}), now })
  const urlBefore = located?.reading.registered.url ?? null
  const before = beforeOf(adopted, located)
  const { secret, secretSeen } = createSecretMemory(opened)
  let claimed: { readonly url: string; readonly changed: boolean } | null = null
  let isSnapshotTaken = false
  let restoring: Promise<RestoreResult> | undefined

  const isMine = (url: string | null): boolean => isOf(store.snapshot(), url)
  const isExpected = (url: string | null): boolean => isMine(url) || (claimed === null && url === urlBefore)

  async function read(signal: AbortSignal): Promise<Reading | null> {
    const location = store.snapshot()?.location ?? located?.location
    return location === undefined || location === null ? null : readLocation(client, location, isExpected, signal)
  }
  const readInTime = (): Promise<Reading | null> =>
    withDeadline([], { ms: READ_MS, reason: 'the platform did not answer in time' }, read)

  async function takeSnapshot(): Promise<void> {
    if (isSnapshotTaken) return
    await store.save(adopted === null ? snapshotOf(opened, await readInTime()) : continued(adopted, opened))
    isSnapshotTaken = true
  }

  const claimedWebhook = () => {
    const location = store.snapshot()?.location
    if (claimed === null || !location) throw new DevHookError('unexpected', 'a verification without a claim')
    return { client, store, location, ...claimed }
  }

  async function restore(signal: AbortSignal): Promise<RestoreResult> {
    await store.close(restoreWithinMs / 2)
    const snapshot = store.snapshot()
    return snapshot === null ? 'nothing' : restoreFromSnapshot({ ...opened, snapshot }, signal)
  }
  const isEnding = (): boolean => restoring !== undefined
  const { abandonedUrl, check, ...link } = createChain({ ...opened, store, secret, secretSeen, isMine, isEnding, read })

  return {
    kind,
    owner,
    before,
    former: () => (isSnapshotTaken ? beforeIn(store.snapshot()) : before),
    secret,
    rereadSecret: async () => {
      const registered = (await readInTime())?.registered ?? null
      // That of somebody who stands in front of this run is not what this run is sent things with.
      if (isExpected(registered?.url ?? null)) secretSeen(registered?.secret ?? null)
      return secret()
    },
    takeSnapshot,
    claim: async (url, events, signal) => {
      await takeSnapshot()
      const before = claimed?.url ?? urlBefore
      // Once claimed, any other URL than ours is somebody's.
      const context = {
        client,
        store,
        secretSeen,
        replaceable: () => abandonedUrl() ?? claimed?.url ?? urlBefore,
      }
      const shown = await claimWebhook(context, url, events, signal)
      claimed = { url: shown, changed: shown !== before }
    },
    verify: (challenged, signal) =>
      verifyWebhook({ ...claimedWebhook(), withinMs: verifyWithinMs, challenged }, signal),
    verifyAgain: async (signal) => verifyAgain(claimedWebhook(), signal),
    ...link,
    check: (signal) => store.keep().then(() => check(signal)),
    restore: () => {
      restoring ??= withDeadline([], { ms: restoreWithinMs, reason: 'there was no time left' }, restore)
      return restoring
    },
  }
}

/** The secret that the platform showed last, else the config's; whatever may be one is concealed. */
function createSecretMemory({ client, located, adopted, secret: configured, address }: Opened) {
  let shownLast: string | null = null
  const secretSeen = (shown: string | null): void => {
    shownLast = shown ?? shownLast
    client.conceal(shownLast)
  }
  secretSeen(located?.reading.registered.secret ?? null)
  for (const known of [configured, textIn(adopted?.before, 'secret'), address.password]) client.conceal(known)
  return { secret: () => shownLast ?? configured, secretSeen }
}

const isOf = (snapshot: Snapshot | null, url: string | null): boolean => snapshot !== null && isOurs(snapshot, url)

const continued = (adopted: Snapshot, { address: { runId } }: Opened): Snapshot => ({
  ...adopted,
  runId,
  pid: process.pid,
  writeSentAt: null,
})

/** The snapshot of what was read just now. Throws `taken` when the URL is not the one of the first read any more. */
function snapshotOf(opened: Opened, reading: Reading | null): Snapshot {
  const { located, emit } = opened
  const url = reading?.registered.url ?? null
  if (url !== (located?.reading.registered.url ?? null)) {
    const by = url === null ? 'has no URL any more' : `points to ${withoutCredentials(url)} by now`
    throw new DevHookError('taken', `the webhook was changed during the start: it ${by}`)
  }
  const hidden = textIn(reading?.hook, 'secret')
  if (hidden !== null && isMasked(hidden)) emit(warning('secretHidden', 'the platform hides the secret of the webhook'))
  const current = reading === null || located === null ? null : { location: located.location, reading }
  return firstSnapshot(opened, current)
}

/**
 * The first snapshot of a run; `current` is `null` for a service that has yet to be created. The URL of another machine's
 * dev-hook is put back like any other, so that a laptop that sleeps goes on when it wakes.
 */
function firstSnapshot(opened: Opened, current: Located | null): Snapshot {
  const { client, kind, botId, serviceName, address, now, owner, isSnapshotLost, ancestors } = opened
  const hook = current?.reading.hook ?? null
  return {
    version: 1,
    kind,
    apiHost: client.apiHost,
    botId,
    runId: address.runId,
    urls: [],
    location: current?.location ?? null,
    serviceName,
    // A service of our name with a URL of a dev-hook was made by a run on this machine whose snapshot is lost.
    created: kind === 'service' && (current === null || owner.is === 'dev-hook'),
    before: isSnapshotLost && hook !== null ? omit(hook, 'url', 'status', 'verified') : hook,
    beforeStatus: current === null ? null : statusBeside(current),
    previousUnknown: isSnapshotLost,
    ...(ancestors.length > 0 && { ancestors }),
    takenAt: new Date(now()).toISOString(),
    pid: process.pid,
    writeSentAt: null,
  }
}

function beforeOf(adopted: Snapshot | null, located: Located | null): Registration['before'] {
  if (adopted === null) return located?.reading.registered.url == null ? null : located.reading.registered
  return beforeIn(adopted)
}

/** What a snapshot puts back; `null` when that has no URL. */
function beforeIn(snapshot: Snapshot | null): Registered | null {
  if (snapshot === null) return null
  const { before, beforeStatus } = snapshot
  return textIn(before, 'url') === null ? null : registeredOf(before, beforeStatus ?? statusIn(before))
}
