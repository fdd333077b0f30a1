// Asking another dev-hook to let go of the bot, and waiting until it has put back what was there before it.
import { sleep } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import type { Registration } from '../../core/ports.ts'
import type { Proxies } from '../../core/proxy.ts'

import { readSnapshot } from '../../platform/webhook/snapshot.ts'
import { probe } from '../../tunnel/probe.ts'

export interface HandOverOptions {
  /** How this dev-hook calls itself: the other one says who took over. */
  readonly who: string
  readonly proxies: Proxies
  readonly withinMs?: number
  readonly everyMs?: number
}

/** The other one restores within 5 s, and ends its bot within 6 s more. */
const WITHIN_MS = 20_000
const EVERY_MS = 250

/**
 * Opens the state of a bot that a run on this machine may hold: asks that run to let go, and takes the bot once it has.
 * Rejects with what `open` rejects with when it does not.
 */
export async function openHandedOver<T>(
  open: () => Promise<T>,
  folder: string,
  options: HandOverOptions,
  signal: AbortSignal,
): Promise<T> {
  const { who, proxies, withinMs = WITHIN_MS, everyMs = EVERY_MS } = options
  const { snapshot } = await readSnapshot(folder)
  const url = snapshot?.urls.at(-1)
  if (url !== undefined) await probe(url, signal, { handOver: who, proxies })
  const deadline = Date.now() + withinMs
  for (;;) {
    try {
      return await open()
    } catch (error) {
      if (url === undefined || Date.now() > deadline || !isTaken(error)) throw error
      await sleep(everyMs, signal)
    }
  }
}

const isTaken = (error: unknown): boolean => error instanceof DevHookError && error.is('taken')

/**
 * Looks again after the dev-hook that owns the registration was asked to let go; resolves with the newest look. Rejects with
 * `taken` when a dev-hook is still there: it did not let go in time, or another one was quicker. What that one replaced is
 * known to that one alone, so it must not be replaced in turn.
 */
export async function lookHandedOver(
  look: () => Promise<Registration>,
  first: Registration,
  options: HandOverOptions,
  signal: AbortSignal,
): Promise<Registration> {
  const { who, proxies, withinMs = WITHIN_MS, everyMs = EVERY_MS } = options
  if (first.owner.is !== 'dev-hook' || !first.owner.answers) return first
  const { url } = first.owner
  await probe(url, signal, { handOver: who, proxies })
  const deadline = Date.now() + withinMs
  let seen = first
  while (seen.owner.is === 'dev-hook' && seen.owner.url === url && Date.now() < deadline) {
    await sleep(everyMs, signal)
    seen = await look()
  }
  const { owner } = seen
  if (owner.is !== 'dev-hook' || !owner.answers) return seen
  const other = owner.who ?? withoutCredentials(owner.url)
  const why = owner.url === url ? 'was asked to let go of the bot, and has not' : 'was quicker to take over the bot'
  throw new DevHookError('taken', `${other} ${why}`)
}
