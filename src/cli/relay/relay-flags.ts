// The flags of `dev-hook relay`: where the broker is, who gets what no developer wants, and how long somebody is waited for.
import { duration } from '../../config/kinds.ts'
import { DevHookError } from '../../core/errors.ts'
import { mayPassOn } from '../../daemon/traffic/others/former-receiver.ts'
import { isDeveloperName } from '../../relay/wire/subjects.ts'

/** Who gets what no developer wants. */
export type DefaultChoice =
  | { readonly to: 'hold' }
  | { readonly to: 'developer'; readonly name: string }
  | { readonly to: 'url'; readonly url: string }

const GRACE = '1m'

/** Reads `--default`. Throws `usage`. */
export function readDefault(given: unknown): DefaultChoice {
  if (typeof given !== 'string' || given === 'hold') return { to: 'hold' }
  if (isDeveloperName(given)) return { to: 'developer', name: given }
  if (mayPassOn(given)) return { to: 'url', url: given }
  throw new DevHookError(
    'usage',
    `\`${given}\` (from --default) is neither \`hold\`, nor the name of a developer, nor a URL that is https or on this machine`,
  )
}

/** Reads `--grace`, in ms. Throws `usage`. */
export function readGrace(given: unknown): number {
  const parsed = duration.read(typeof given === 'string' ? given : GRACE)
  if ('value' in parsed) return parsed.value
  throw new DevHookError('usage', `grace ${String(given)} (from --grace) ${parsed.problem}`)
}
