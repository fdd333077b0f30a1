// Several dev-hooks one behind the other: what a run tells those in front of it, and how it closes a gap behind it.
import { sleep, withDeadline } from '../../core/async.ts'
import { type HookAddress, runIdOf } from '../../core/hook-url.ts'
import { textIn } from '../../core/json.ts'
import { type Emit, warning } from '../../core/notices.ts'
import type { Owner, Registration } from '../../core/ports.ts'
import type { Client } from '../api/client.ts'
import { type Ancestor, encodeAncestors, type Join, MAX_ANCESTOR_URLS, MAX_ANCESTORS } from './ancestors.ts'
import { type HandDown, handedTo, inherit, isPutBackAlready, movedTo, relocated } from './hand-down.ts'
import { isActive, isMasked } from './hook.ts'
import type { Reading, UrlFilter } from './location.ts'
import { isOfDevHook, type OwnerProbe } from './owner.ts'
import { isOurs, type Snapshot, urlBefore } from './snapshot.ts'
import type { SnapshotStore } from './snapshot-store.ts'

export interface ChainOptions {
  readonly store: SnapshotStore
  readonly probe: OwnerProbe
  readonly handDown?: HandDown
  /** Of this run. */
  readonly address: Pick<HookAddress, 'runId'>
  /** Whether a URL may be put back that another dev-hook names. */
  readonly mayPutBack?: (url: string) => boolean
  /** The webhook's secret, as far as it is known. */
  readonly secret: () => string | null
  readonly secretSeen: (secret: string | null) => void
  readonly client: Pick<Client, 'conceal'>
  readonly read: (signal: AbortSignal) => Promise<Reading | null>
  readonly isMine: UrlFilter
  readonly isEnding: () => boolean
  /** How long after a dev-hook was seen not to answer it is asked once more, in ms. */
  readonly lookAgainMs?: number
  readonly emit: Emit
}

/** One link of the chain: this run, with whoever stands in front of it and behind it. */
export interface Chain
  extends Pick<Registration, 'ancestry' | 'check' | 'takeHandedDown' | 'moved' | 'checkNeighbour'> {
  /** The URL that is registered, and in whose place this run's belongs: see `check`; `null` when there is none. */
  abandonedUrl(): string | null
}

/** Of a text that becomes a header, sealed. */
const MAX_ANCESTRY = 4_000
/** Below the time for which the one who asks waits for all of those behind. */
const PASS_BACK_MS = 2_500

/** Creates the link of a run that stands behind nobody yet. */
export function createChain(options: ChainOptions): Chain {
  const { store, probe, mayPutBack = () => true, client, isEnding, emit, lookAgainMs = 2_000 } = options
  let joined = false
  let abandonedUrl: string | null = null
  const outlived = new Set<string>()

  async function take(snapshot: Snapshot, inherited: Snapshot): Promise<boolean> {
    const url = urlBefore(inherited)
    if (url !== null && (!mayPutBack(url) || isOurs(snapshot, url))) return false
    client.conceal(textIn(inherited.before, 'secret'))
    await store.save(inherited)
    emit(INHERITED)
    // Once the end has begun it may not be on disk: the other one keeps it as well.
    return !isEnding()
  }

  async function answers(url: string, signal: AbortSignal): Promise<boolean> {
    if ((await probe(url, signal)).answers) return true
    await sleep(lookAgainMs, signal)
    return (await probe(url, signal)).answers
  }

  return {
    ancestry: () => {
      const snapshot = store.snapshot()
      const known = snapshot === null || isEnding() ? null : ancestryOf(snapshot)
      if (known === null) return null
      joined = true
      return encodeAncestors(known, MAX_ANCESTRY)
    },
    check: async (signal) => {
      const registered = (await options.read(signal))?.registered ?? null
      abandonedUrl = null
      const url = registered?.url ?? null
      if (options.isMine(url)) {
        options.secretSeen(registered?.secret ?? null)
        return registered?.status == null || isActive(registered.status) ? 'ours' : 'unverified'
      }
      if (!isOfDevHook(url)) return 'superseded'
      // One behind this run took it, as this one did not answer for a while: or one in front, which is gone.
      const isBehind = (store.snapshot()?.ancestors ?? []).some((one) => isOf(one, url))
      if (!isBehind) {
        if (!joined) return 'superseded'
        // Once: one that claims again each time only seems to be gone from here.
        if (outlived.has(url) || (await answers(url, signal))) return 'behind'
      }
      outlived.add(url)
      abandonedUrl = url
      return 'abandoned'
    },
    abandonedUrl: () => abandonedUrl,
    takeHandedDown: async (text, via) => {
      const snapshot = store.snapshot()
      if (snapshot === null || isEnding()) return false
      const next = relocated(snapshot, text)
      if (next !== null) return follow({ snapshot, next, text, via }, options)
      const inherited = inherit(snapshot, text)
      if (inherited !== null) return take(snapshot, inherited)
      return isPutBackAlready(snapshot, text) || passBack(snapshot, text, via, options)
    },
    moved: (url, signal) => tellMoved(url, options, signal),
    checkNeighbour: async (signal) => {
      const snapshot = store.snapshot()
      if (snapshot === null) return
      const living = await livingBefore(snapshot, (url) => answers(url, signal))
      const now = store.snapshot()
      if (living === snapshot || now === null || isEnding() || urlBefore(now) !== urlBefore(snapshot)) return
      client.conceal(textIn(living.before, 'secret'))
      await store.save({ ...now, before: living.before, beforeStatus: living.beforeStatus })
      emit(NEIGHBOUR_GONE)
    },
  }
}

/** The dev-hooks behind one that joins this run, the nearest first; `null` for a run that has nothing to put back, or does not know what. */
function ancestryOf(snapshot: Snapshot): readonly Ancestor[] | null {
  const { runId, urls, before, beforeStatus, created, previousUnknown, ancestors = [] } = snapshot
  if (created || previousUnknown || urls.length === 0) return null
  const own = { runId, urls: urls.slice(-MAX_ANCESTOR_URLS), before, beforeStatus }
  return [own, ...ancestors].slice(0, MAX_ANCESTORS)
}

/**
 * The snapshot with what is to be put back by now: where that is the URL of a dev-hook which no longer answers, what was before that
 * one, if it is known. The same object when nothing has changed.
 */
export async function livingBefore(snapshot: Snapshot, answers: (url: string) => Promise<boolean>): Promise<Snapshot> {
  const { ancestors = [] } = snapshot
  let current = snapshot
  for (let n = 0; n < ancestors.length; n++) {
    const url = urlBefore(current)
    const gone = url !== null && isOfDevHook(url) ? ancestors.find((one) => isOf(one, url)) : undefined
    if (url === null || gone === undefined || (await answers(url))) return current
    // Round in a circle: nothing of it is to be put back.
    if (isOurs(snapshot, textIn(gone.before, 'url'))) return snapshot
    current = { ...current, before: gone.before, beforeStatus: gone.beforeStatus }
  }
  return current
}

const isOf = ({ runId, urls }: Ancestor, url: string): boolean => urls.includes(url) || runIdOf(url) === runId

/** Brings what another one says was before it to the dev-hook behind this one; resolves to whether somebody there has it on disk. */
async function passBack(
  snapshot: Snapshot,
  text: string,
  via: readonly string[],
  { handDown, address: { runId }, secret }: ChainOptions,
): Promise<boolean> {
  const url = urlBefore(snapshot)
  const behind = url === null ? null : runIdOf(url)
  const known = textIn(snapshot.before, 'secret')
  const proves = known === null || isMasked(known) ? secret() : known
  if (url === null || behind === null || proves === null || handDown === undefined) return false
  const isCircle = via.includes(behind) || via.includes(runId) || via.length >= MAX_ANCESTORS
  if (isCircle) return false
  const handed = { url, secret: proves, snapshot: text, via: [...via, runId] }
  const limit = { ms: PASS_BACK_MS, reason: 'the one behind does not answer' }
  return withDeadline([], limit, (signal) => handDown(handed, signal))
}

interface Told {
  readonly snapshot: Snapshot
  /** With the new URL, wherever it names the run that has moved. */
  readonly next: Snapshot
  readonly text: string
  readonly via: readonly string[]
}

/** Takes the new URL of a run behind this one: the next one, or one that the next one is to be told of. */
async function follow({ snapshot, next, text, via }: Told, options: ChainOptions): Promise<boolean> {
  const { store, isEnding, mayPutBack = () => true } = options
  const url = urlBefore(next)
  if (url !== null && !mayPutBack(url)) return false
  if (next !== snapshot) await store.save(next)
  return isPutBackAlready(next, text) ? !isEnding() : passBack(next, text, via, options)
}

/** Tells those in front, whose URL is registered, that this run is reached at another one now; resolves to whether they pass on to it. */
async function tellMoved(url: string, options: ChainOptions, signal: AbortSignal): Promise<boolean> {
  const { store, read, handDown, secret } = options
  const snapshot = store.snapshot()
  const registered = (await read(signal))?.registered
  if (snapshot === null || registered === undefined || handDown === undefined) return false
  const known = { ...registered, secret: registered.secret ?? secret() }
  const handed = handedTo(known, movedTo(snapshot, url))
  // Whoever cannot be told now is told at the next check.
  return handed === null ? false : handDown(handed, signal).catch(() => false)
}

/** Asks a dev-hook that owns the webhook, and answers, to let this run stand in front of it. */
export async function joinOwner(
  owner: Owner,
  { join, secret }: { readonly join: Join | undefined; readonly secret: string | null },
  signal: AbortSignal,
): Promise<{ readonly owner: Owner; readonly ancestors: readonly Ancestor[] }> {
  if (join === undefined || owner.is !== 'dev-hook' || !owner.answers) return { owner, ancestors: [] }
  const asked = await join({ url: owner.url, secret }, signal)
  if ('refusal' in asked) return { owner: { ...owner, join: asked }, ancestors: [] }
  return { owner: { ...owner, join: { refusal: null } }, ancestors: asked.ancestors }
}

const INHERITED = warning(
  'leftoverAdopted',
  'the dev-hook whose webhook this run has replaced ended; what was before it is put back',
)

const NEIGHBOUR_GONE = warning(
  'neighbourGone',
  'the dev-hook behind this one no longer answers; what was before it takes its place',
)
