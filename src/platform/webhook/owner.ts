// Whose the registration is, found out before the claim.
import { runIdOf } from '../../core/hook-url.ts'
import type { Owner } from '../../core/ports.ts'

/** Asks a dev-hook URL who answers there; `who` is what it calls itself. */
export type OwnerProbe = (
  url: string,
  signal: AbortSignal,
) => Promise<{ readonly answers: boolean; readonly who: string | null }>

/** Finds the owner of a registered URL that is not of a run of ours. */
export async function findOwner(url: string | null, probe: OwnerProbe, signal: AbortSignal): Promise<Owner> {
  if (url === null) return { is: 'nobody' }
  if (runIdOf(url) === null) return { is: 'somebody', url }
  return { is: 'dev-hook', url, ...(await probe(url, signal)) }
}
