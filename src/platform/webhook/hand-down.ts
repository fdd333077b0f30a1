// What was before a run, told to the dev-hook that has the webhook by now and would put back the URL of that run.
import { type Json, textIn } from '../../core/json.ts'
import type { Registered } from '../../core/ports.ts'
import { isSameLocation } from './location.ts'
import { isOurs, type Snapshot, urlBefore } from './snapshot.ts'
import { decodeSnapshot, encodeSnapshot } from './snapshot-format.ts'

/** What is handed down, and to whom. */
export interface Handed {
  /** The public URL of the dev-hook that has the webhook. */
  readonly url: string
  /** The webhook's secret, which proves that both may know it. */
  readonly secret: string
  /** The text of the snapshot's file. */
  readonly snapshot: string
  /** The runs that it has come through on its way to who puts its URL back; absent for none. */
  readonly via?: readonly string[]
}

/** Hands something down; resolves to whether the other one has said that it is on its disk, and puts it back at its end. */
export type HandDown = (handed: Handed, signal: AbortSignal) => Promise<boolean>

/** What can be handed down to whom has the webhook; `null` when its secret is not known, or what was before is not. */
export function handedTo({ url, secret }: Pick<Registered, 'url' | 'secret'>, snapshot: Snapshot): Handed | null {
  const known = secret ?? textIn(snapshot.before, 'secret')
  if (url === null || known === null || snapshot.created || snapshot.previousUnknown) return null
  return { url, secret: known, snapshot: encodeSnapshot(snapshot) }
}

/**
 * The snapshot of a run that has been told what was before the one that it has replaced; `null` when that is not what its own
 * would put back, so that what it was told does not concern it.
 */
export function inherit(own: Snapshot, text: string): Snapshot | null {
  const handed = handedOfSame(own, text)
  if (handed === null || !isOurs(handed, urlBefore(own))) return null
  return { ...own, before: handed.before, beforeStatus: handed.beforeStatus }
}

/** What a run tells those in front of it once its public URL has changed: that it is to be put back itself, under its new URL. */
export const movedTo = (snapshot: Snapshot, url: string): Snapshot => ({
  ...snapshot,
  before: { url },
  ancestors: [],
})

/**
 * The snapshot of a run with the new URL of one that has moved wherever it names that one: in what it puts back, or in what those
 * behind it would. The same object where it does not name it, `null` when the text does not say that anybody has moved.
 */
export function relocated(own: Snapshot, text: string): Snapshot | null {
  const handed = handedOfSame(own, text)
  const url = handed === null ? null : urlBefore(handed)
  if (handed === null || url === null || !isOurs(handed, url) || isOurs(own, url)) return null
  const isOld = (before: Json | null): boolean => textIn(before, 'url') !== url && isOurs(handed, textIn(before, 'url'))
  const moved = (before: Json | null): Json | null => (isOld(before) ? { ...before, url } : before)
  const { before, ancestors = [] } = own
  if (![before, ...ancestors.map((one) => one.before)].some(isOld)) return own
  return {
    ...own,
    before: moved(before),
    ...(ancestors.length > 0 && { ancestors: ancestors.map((one) => ({ ...one, before: moved(one.before) })) }),
  }
}

/** Whether what a run is told was before another one is what it puts back by now, so that nothing more is owed. */
export function isPutBackAlready(own: Snapshot, text: string): boolean {
  const handed = handedOfSame(own, text)
  return handed !== null && urlBefore(handed) === urlBefore(own)
}

/** A snapshot that another run has told of the same webhook, and that says what was before; `null` for any other text. */
function handedOfSame(own: Snapshot, text: string): Snapshot | null {
  const handed = decodeSnapshot(text)
  if (handed === null || own.location === null || handed.location === null) return null
  const isOfSameWebhook =
    handed.apiHost === own.apiHost && handed.botId === own.botId && isSameLocation(handed.location, own.location)
  return !isOfSameWebhook || handed.created || handed.previousUnknown ? null : handed
}
