// The notices of a start that worked: the claim, then that everything is ready.
import type { Config } from '../config/load.ts'
import { targetUrl } from '../config/target.ts'
import { withoutCredentials } from '../core/hook-url.ts'
import type { NoticeBody } from '../core/notices.ts'
import type { Registered, Registration } from '../core/ports.ts'
import type { RelayRole } from '../core/relay/relay-notices.ts'
import { DEFAULT_EVENTS } from '../protocol/events.ts'

interface Announced {
  readonly registration: Registration
  /** The events of the config. */
  readonly wanted: readonly string[] | null
}

/** The patterns that a registration of ours subscribes with. */
export const eventsOf = ({
  registration,
  wanted,
}: Pick<Announced, 'wanted'> & { readonly registration: Pick<Registration, 'before'> }): readonly string[] =>
  wanted ?? registration.before?.events ?? DEFAULT_EVENTS

/** The notice of a claim; where a person has to make it, of what is to be pasted: only there are the credentials shown. */
export function claimNotice(announced: Announced, url: string): NoticeBody {
  const { kind } = announced.registration
  if (kind !== 'manual') return { type: 'registration', state: 'claimed', kind }
  return { type: 'registration', state: 'manual', kind, url, events: eventsOf(announced) }
}

/** The notice of a claim that was made again; where a person made it, it is theirs to make again. `events` when they have changed. */
export function reclaimNotice(
  registration: Pick<Registration, 'kind' | 'before'>,
  {
    url,
    events,
    eventsChanged,
  }: { readonly url: string; readonly events: readonly string[] | null; readonly eventsChanged: boolean },
): NoticeBody {
  const { kind } = registration
  const shown = eventsOf({ registration, wanted: events })
  if (kind === 'manual') return { type: 'registration', state: 'manual', kind, url, events: shown }
  return { type: 'registration', state: 'reclaimed', kind, ...(eventsChanged && { events: shown }) }
}

/** The notice that deliveries can come, with everything that a person or a program wants to know then. */
export function readyNotice(
  ready: Announced & {
    readonly publicUrl: string
    readonly inspector: { readonly port: number; readonly tokenFile: string } | null
    readonly config: Pick<Config, 'target' | 'apiHost'>
    readonly steps: readonly { readonly name: string; readonly ms: number }[]
    readonly pid: number
    /** With `--only`: where everything else goes on to; `null` when that is nowhere. */
    readonly passesTo: string | null | undefined
    readonly relay: RelayRole | undefined
  },
): NoticeBody {
  const { registration, publicUrl, inspector, config, steps, pid, passesTo, relay } = ready
  return {
    type: 'ready',
    url: withoutCredentials(publicUrl),
    target: targetUrl(config.target),
    inspector: inspector && `http://127.0.0.1:${inspector.port}`,
    tokenFile: inspector?.tokenFile ?? null,
    api: config.apiHost,
    kind: registration.kind,
    before: shown(registration.before),
    events: eventsOf(ready),
    ...(passesTo !== undefined && { passesTo }),
    steps,
    pid,
    ...(relay !== undefined && { relay }),
  }
}

function shown(before: Registered | null) {
  if (before?.url == null) return null
  return { url: withoutCredentials(before.url), events: before.events, status: before.status }
}
