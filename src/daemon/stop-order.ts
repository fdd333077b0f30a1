// The order of the end of a run, which is not the start backwards: every release, and how long it may take.
import type { ReleaseStep } from '../core/lifetime.ts'

/** A row of the order of the end; `ends` says in words what its release does. */
interface StopStep extends ReleaseStep<string> {
  readonly ends: string
}

/** Everything that a run releases, in the order of the end; each release begins when the one before is done, or late. */
export const STOP_ORDER = [
  { name: 'registration monitor', limitMs: 500, ends: 'the webhook is no longer checked, nor claimed again' },
  { name: 'registration', limitMs: 6_500, ends: 'the webhook is put back if it is still ours, the snapshot deleted' },
  {
    name: 'answers',
    limitMs: 2_000,
    ends: 'what the platform sent before it heard of the restore may come in, and what it still waits for is answered',
  },
  { name: 'tunnel', limitMs: 2_000, ends: 'the public URL is closed' },
  // Saves mean nothing as soon as the end begins, and closing the watcher of a large tree takes up to 0.5 s (2,000 folders:
  // 0.1 s, 0.4 s during its first scan): the restore must not wait for that.
  { name: 'watcher', limitMs: 500, ends: 'files are no longer watched' },
  { name: 'gateway', limitMs: 1_000, ends: 'requests in flight finish, and the port is closed' },
  {
    name: 'traffic',
    limitMs: 3_000,
    ends: 'what is at the bot may finish; what was acknowledged and still waits is left to the next run',
  },
  { name: 'bot', limitMs: 6_000, ends: 'SIGTERM to its process group, SIGKILL after 5 s' },
  // After the bot, which it would end if dev-hook died before that.
  { name: 'watchdog', limitMs: 1_000, ends: 'dismissed; left to go on if the webhook could not be put back' },
  { name: 'inspector', limitMs: 1_000, ends: 'other dev-hook commands no longer reach the run' },
  { name: 'state', limitMs: 1_000, ends: 'the journal is written and closed, and the lock given up' },
  { name: 'client', limitMs: 1_000, ends: 'the connections to the API are closed' },
] as const satisfies readonly StopStep[]

/** The name of something that a run releases. */
export type StopName = (typeof STOP_ORDER)[number]['name']

/** How long an end takes at most until `name` is released, in ms. */
export function releasedWithinMs(name: StopName): number {
  const upTo = STOP_ORDER.findIndex((step) => step.name === name)
  return STOP_ORDER.slice(0, upTo + 1).reduce((sum, { limitMs }) => sum + limitMs, 0)
}
