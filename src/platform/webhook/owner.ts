// Whose the registration is, which decides whether it may be claimed, or a snapshot put back over it.
import { runIdOf } from '../../core/hook-url.ts'
import type { Owner } from '../../core/ports.ts'
import { isOurs, type Snapshot, urlBefore } from './snapshot.ts'

/** Asks a dev-hook URL who answers there; `who` is what it calls itself. */
export type OwnerProbe = (
  url: string,
  signal: AbortSignal,
) => Promise<{ readonly answers: boolean; readonly who: string | null }>

export interface OwnerOptions {
  /** The snapshot on this machine, whose URLs are ours; `null` when there is none. */
  readonly snapshot: Snapshot | null
  readonly probe: OwnerProbe
}

/** Finds the owner of a registered URL; asks it only when it is another dev-hook's. */
export async function findOwner(
  url: string | null,
  { snapshot, probe }: OwnerOptions,
  signal: AbortSignal,
): Promise<Owner> {
  if (url === null) return { is: 'nobody' }
  if (snapshot !== null && isOurs(snapshot, url)) return { is: 'us', runId: snapshot.runId }
  if (runIdOf(url) === null) return { is: 'somebody', url }
  return { is: 'dev-hook', url, ...(await probe(url, signal)) }
}

/**
 * `restorable`: the URL is ours, nobody's, or of a dev-hook that does not answer. `blocked`: another dev-hook that answers has
 * the webhook, so the snapshot is owed until that one has ended. `settled`: nothing is owed, as the webhook is back to what it
 * was, or somebody chose another one on purpose.
 */
export type Restorability = 'restorable' | 'blocked' | 'settled'

/** Returns the restorability of a snapshot. */
export function restorabilityOf(snapshot: Snapshot, owner: Owner): Restorability {
  if (owner.is === 'us') return 'restorable'
  const { created, previousUnknown } = snapshot
  const url = 'url' in owner ? owner.url : null
  if (created || previousUnknown || url === urlBefore(snapshot)) return 'settled'
  switch (owner.is) {
    case 'nobody':
      // The dev-hook that was there before has a snapshot of its own, which may be what was put back here: no URL.
      return isOfDevHook(urlBefore(snapshot)) ? 'settled' : 'restorable'
    case 'dev-hook':
      return owner.answers ? 'blocked' : 'restorable'
    case 'somebody':
      return 'settled'
    default:
      return owner satisfies never
  }
}

/** Whether a URL is one of any dev-hook, ours or another. */
export const isOfDevHook = (url: string | null | undefined): url is string =>
  typeof url === 'string' && runIdOf(url) !== null
