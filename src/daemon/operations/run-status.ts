// What a run is doing now, for whoever asks.
import { basename } from 'node:path'
import { targetUrl } from '../../config/target.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import type { Registration } from '../../core/ports.ts'
import type { OutputOf } from '../../inspector/operations/table.ts'
import { type Run, shownUrl, totalsOf } from '../run.ts'
import { passedTo } from '../traffic/others/former-receiver.ts'

/** The status of a run, also of one that has only just begun. */
export function runStatus({ parts, options }: Pick<Run, 'parts' | 'options'>, botId: string): OutputOf<'status'> {
  const { config, version, emulated = false } = options
  const { traffic, tunnel, registration, bot, link, replayOnSave } = parts
  return {
    version,
    pid: process.pid,
    botId,
    profile: config.profile,
    folder: basename(config.cwd),
    emulated,
    url: shownUrl(parts),
    target: targetUrl(config.target),
    api: config.apiHost,
    bot: bot?.current().state ?? null,
    tunnel: tunnel?.current().state ?? null,
    registration: registration === null ? null : { kind: registration.kind, before: beforeOf(registration) },
    only: config.only === null ? null : { filters: config.only, passesTo: passedTo(registration, config) },
    holding: link?.reason() ?? null,
    paused: link?.isPaused() ?? false,
    replayOnSave: replayOnSave?.current() ?? null,
    waiting: traffic?.queue.waiting ?? 0,
    inFlight: traffic?.queue.inFlight ?? 0,
    ...totalsOf(parts),
  }
}

function beforeOf({ before }: Registration) {
  if (before?.url == null) return null
  return { url: withoutCredentials(before.url), events: before.events, status: before.status }
}
