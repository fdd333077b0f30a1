// Taking a bot over from another dev-hook, which is asked to let go of it and restores what was there before.
import { poll, retry, sleep } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import { every } from '../../core/pace.ts'
import type { Registration } from '../../core/ports.ts'
import { readSnapshot, type Snapshot } from '../../platform/webhook/snapshot.ts'
import { askToLetGo, type Surroundings } from '../other-dev-hooks.ts'
import { releasedWithinMs } from '../stop-order.ts'

export interface HandOverOptions {
  /** The name of this dev-hook, which the other one announces. */
  readonly who: string
  readonly surroundings: Surroundings
  readonly withinMs?: number
  readonly everyMs?: number
}

export interface StateHandOver extends HandOverOptions {
  /** Finds out the secret of the webhook whose snapshot the other one has taken; `null` when it is not known. */
  secretOf(snapshot: Snapshot): Promise<string | null>
}

/** What the other one needs besides its releases: to receive the request, and to give up a start that is under way, in ms. */
const GIVE_UP_MS = 2_000
/** For how long a take-over waits: longer than an orderly end of the other one takes until its lock is free, in ms. */
export const HAND_OVER_WITHIN_MS = releasedWithinMs('state') + GIVE_UP_MS
const EVERY_MS = 250

/**
 * Opens the state of a bot that a run on this machine may hold: asks that run to let go, and takes the bot once it has.
 * Rejects with what `open` rejects with when it does not.
 */
export async function openHandedOver<T>(
  open: () => Promise<T>,
  folder: string,
  options: StateHandOver,
  signal: AbortSignal,
): Promise<T> {
  const { withinMs = HAND_OVER_WITHIN_MS, everyMs = EVERY_MS } = options
  const { snapshot } = await readSnapshot(folder)
  const url = snapshot?.urls.at(-1)
  if (snapshot === null || url === undefined) return open()
  await askToLetGo({ ...options, url, secret: await options.secretOf(snapshot) }, signal)
  return retry(open, { pace: every(everyMs), limitMs: withinMs, shouldRetry: isTaken, signal })
}

const isTaken = (error: unknown): boolean => error instanceof DevHookError && error.is('taken')

/**
 * Reads the registration again after the dev-hook that owns it was asked to let go; resolves with the newest state. Rejects
 * with `taken` when a dev-hook is still there: it did not let go in time, or another one was quicker. What that one replaced
 * is known to that one alone, so it must not be replaced in turn.
 */
export async function readHandedOver(
  read: () => Promise<Registration>,
  first: Registration,
  options: HandOverOptions,
  signal: AbortSignal,
): Promise<Registration> {
  const { withinMs = HAND_OVER_WITHIN_MS, everyMs = EVERY_MS } = options
  if (first.owner.is !== 'dev-hook' || !first.owner.answers) return first
  const { url } = first.owner
  await askToLetGo({ ...options, url, secret: first.secret() }, signal)
  await sleep(everyMs, signal)
  const hasChanged = ({ owner }: Registration): boolean => owner.is !== 'dev-hook' || owner.url !== url
  const seen = await poll(read, hasChanged, { pace: every(everyMs), limitMs: withinMs, signal })
  const { owner } = seen
  if (owner.is !== 'dev-hook' || !owner.answers) return seen
  const other = owner.who ?? withoutCredentials(owner.url)
  const why = owner.url === url ? 'was asked to let go of the bot, and has not' : 'was quicker to take over the bot'
  throw new DevHookError('taken', `${other} ${why}`)
}
