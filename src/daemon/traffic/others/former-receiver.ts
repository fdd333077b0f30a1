// Where the webhook pointed before this run, as a receiver to which other deliveries can be passed on.
import type { Config } from '../../../config/load.ts'
import { DevHookError } from '../../../core/errors.ts'
import { runIdOf, withoutCredentials, withoutValues } from '../../../core/hook-url.ts'
import { authorizationIn } from '../../../core/http/basic-auth.ts'
import { isLoopback } from '../../../core/http/loopback.ts'
import type { Registration } from '../../../core/ports.ts'
import type { Receiver } from '../../../delivery/passer.ts'

/** Where the webhook pointed before this run. */
export interface FormerReceiver {
  /** Where to send deliveries; `null` if it is not safe to send them there. */
  readonly to: Receiver | null
  /** The secret with which it checks signatures; `null` if that is not known. */
  readonly secret: string | null
  /** Whether it is another dev-hook, which may pass deliveries on to yet another receiver. */
  readonly isDevHook: boolean
}

/**
 * Whether deliveries may be passed on to a URL: they may contain what people said, and must not travel unencrypted. A loopback URL
 * that the platform at `apiHost` names counts only if the platform runs on this machine, too: otherwise it means another machine.
 */
export function mayPassOn(url: string, apiHost: string | null = null): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  if (!isLoopback(hostname)) return protocol === 'https:'
  return /^https?:$/.test(protocol) && (apiHost === null || isLoopback(new URL(apiHost).hostname))
}

/** The options that decide about passing on. */
type PassingConfig = Pick<Config, 'secret' | 'apiHost'>

/** The receiver that a URL names; `null` if deliveries may not be passed on to it, whoever names it. */
export function receiverAt(url: string, secret: string | null): (FormerReceiver & { readonly to: Receiver }) | null {
  if (!mayPassOn(url)) return null
  const parsed = new URL(url)
  const { origin, pathname, search } = parsed
  const to = { origin, path: pathname, query: search.slice(1), authorization: authorizationIn(parsed) }
  return { to, secret, isDevHook: runIdOf(url) !== null }
}

/** Who gets what is not for this bot; `null` when there is nobody: no URL, or that of a dev-hook that was dead at the start. */
export function formerReceiver(
  registration: Pick<Registration, 'owner' | 'former'> | null,
  { secret, apiHost }: PassingConfig,
): FormerReceiver | null {
  const former = registration?.former() ?? null
  if (registration === null || former?.url == null) return null
  const { owner } = registration
  if (owner.is === 'dev-hook' && !owner.answers && former.url === owner.url) return null
  const theirs = former.secret ?? secret
  const receiver = mayPassOn(former.url, apiHost) ? receiverAt(former.url, theirs) : null
  return receiver ?? { to: null, secret: theirs, isDevHook: runIdOf(former.url) !== null }
}

/** The URL that gets what is not for this bot, without credentials; `null` when there is none. */
export function passedTo(
  registration: Pick<Registration, 'owner' | 'former'> | null,
  config: PassingConfig,
): string | null {
  const url = registration?.former()?.url ?? null
  return url === null || formerReceiver(registration, config) === null ? null : withoutCredentials(url)
}

/**
 * Makes sure, before anything is claimed, that what is not for this bot can be passed on. Throws `usage` when the webhook is set by
 * hand, when its former URL is not safe, or when its former secret is not known: the platform may make a new one for a new URL.
 */
export function assertPassable(
  { kind, before }: Pick<Registration, 'kind' | 'before'>,
  { secret, apiHost }: PassingConfig,
): void {
  const refuse = (why: string, remedy: string): never => {
    throw new DevHookError('usage', `\`--only\` cannot pass on what does not match: ${why}`, { remedy })
  }
  if (kind === 'manual')
    refuse('where a webhook pointed that is set by hand is not known', 'start without `--only`, or with `--hook bot`')
  const url = before?.url ?? null
  if (url === null) return
  const shown = withoutValues(withoutCredentials(url))
  if (!mayPassOn(url, apiHost))
    refuse(
      `the webhook points to ${shown}, which is neither https nor on the machine of the platform`,
      'start without `--only`',
    )
  if (before?.secret === null && secret === null)
    refuse(
      `the platform does not show the secret of the webhook, and may make a new one when it is pointed here; ${shown} would take nothing signed with that`,
      "put the webhook's secret into SECRET in `.env`, or start without `--only`",
    )
}
