// Exit codes: what each kind of failure becomes for the system.
import type { Failure } from '../core/errors.ts'
import type { RestoreResult } from '../core/notices.ts'

/** Stable: scripts depend on these. */
export const EXIT_CODES: Readonly<Record<Failure | 'ended', number>> = {
  ended: 0,
  failed: 1,
  usage: 2,
  credentials: 3,
  tunnel: 4,
  platform: 5,
  'not-restored': 6,
  taken: 7,
}

/** What each code means, for people. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT_CODES, string>> = {
  ended: 'ended in order: restored, superseded by somebody else, or nothing to restore',
  failed: 'failed',
  usage: 'usage or configuration, a missing or malformed token too',
  credentials: "credentials refused, the platform's or the tunnel provider's",
  tunnel: 'the tunnel',
  platform: 'the platform API',
  'not-restored': 'ended, but not restored; the command that restores is printed',
  taken: 'the webhook belongs to somebody else',
}

/** A run that left something behind says so above all else. */
export function exitCodeOf(failure: Failure | null, restored: RestoreResult): number {
  if (restored === 'failed') return EXIT_CODES['not-restored']
  return EXIT_CODES[failure ?? 'ended']
}
