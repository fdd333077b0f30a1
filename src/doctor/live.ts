// One whole round against the real world: tunnel, claim, verify, restore, told as checks.

import type { Config } from '../config/load.ts'
import { onAbort, withDeadline } from '../core/async.ts'
import { formatDuration } from '../core/duration.ts'
import { asDevHookError, type DevHookError, ERRORS } from '../core/errors.ts'
import { withoutCredentials } from '../core/hook-url.ts'

import { createNotices, type Notice, type RestoreResult } from '../core/notices.ts'

import { version } from '../core/version.ts'
import { createDaemon } from '../daemon/daemon.ts'
import type { Daemon, DaemonOptions } from '../daemon/types.ts'
import { bad, type Finding, failed, notable, well } from './finding.ts'

export interface LiveOptions extends Pick<DaemonOptions, 'who' | 'stateHome' | 'env' | 'ask' | 'redactor'> {
  readonly config: Config
  /** Which check is waited for; `null` while a person is asked. */
  readonly waiting: (name: string | null) => void
  readonly found: (name: string, finding: Finding) => void
  readonly limitMs?: number
}

type Of<T extends Notice['type']> = Extract<Notice, { readonly type: T }>

/** Which check a step of the start belongs to. */
const CHECK_OF: Readonly<Record<string, string>> = {
  look: 'live-claim',
  snapshot: 'live-claim',
  claim: 'live-claim',
  verify: 'live-verify',
}

/** Claims and restores once; ends in order when the signal is aborted. Never rejects. */
export async function liveRound(options: LiveOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const { waiting, limitMs = 90_000 } = options
  // A whole round, whatever the runs of this folder leave in place.
  const config = { ...options.config, restore: true }
  const findings: Finding[] = []
  const found = (name: string, finding: Finding): void => {
    findings.push(finding)
    options.found(name, finding)
  }
  const notices = createNotices()
  const { who, stateHome, env, ask, redactor } = options
  const outside = { who, stateHome, env, ask, redactor, version, command: null, botEnv: {} }
  const daemon = createDaemon({ ...outside, config, notices, reload: async () => config })
  const seen = listen(notices.on, waiting, () => void daemon.stop())
  try {
    await withDeadline([signal], { ms: limitMs, reason: 'the round took too long' }, (limited) => {
      onAbort(limited, () => void daemon.stop())
      return daemon.start()
    })
    tellReady(seen, found)
  } catch (error) {
    tellWhyNot(daemon, seen, asDevHookError(error), found)
  }
  waiting('live-restore')
  const { restored } = await daemon.stop()
  if (restored !== 'nothing') found('live-restore', restoredAs(restored, seen.warnings.at(-1)))
  return findings
}

type Warned = Pick<Finding, 'message'> & { readonly remedy: string }

interface Seen {
  step: string
  ready: Of<'ready'> | null
  manual: boolean
  warnings: Warned[]
}

function listen(
  on: (listener: (notice: Notice) => void) => void,
  waiting: (name: string | null) => void,
  end: () => void,
): Seen {
  const seen: Seen = { step: 'check', ready: null, manual: false, warnings: [] }
  on((notice) => {
    if (notice.type === 'starting') {
      seen.step = notice.step
      waiting(CHECK_OF[notice.step] ?? 'live-tunnel')
    }
    if (notice.type === 'asking') waiting(null)
    if (notice.type === 'ready') seen.ready = notice
    if (notice.type === 'warning' && seen.ready !== null) seen.warnings.push(notice)
    if (notice.type !== 'registration' || notice.state !== 'manual') return
    // A person would have to paste the URL: that is no round of ours.
    seen.manual = true
    end()
  })
  return seen
}

type Found = (name: string, finding: Finding) => void

function tellReady({ ready }: Seen, found: Found): void {
  const took = (name: string): string => formatDuration(ready?.steps.find((step) => step.name === name)?.ms ?? 0)
  found('live-tunnel', well(`${ready?.url ?? ''} reaches this machine, in ${took('tunnel')}`))
  found('live-claim', well(`the ${ready?.kind ?? ''} webhook was pointed to it, in ${took('claim')}`))
  found('live-verify', well(`the platform verified it, in ${took('verify')}`))
}

function tellWhyNot(daemon: Daemon, { step, manual }: Seen, error: DevHookError, found: Found): void {
  const url = daemon.url()
  if (url !== null) found('live-tunnel', well(`${withoutCredentials(url)} reaches this machine`))
  if (manual) return found('live-claim', notable('the webhook has to be set by hand', ERRORS.webhookUnknown.remedy))
  const ofTunnel = url === null && (error.failure === 'tunnel' || error.is('ngrokTokenMissing', 'ngrokTokenRefused'))
  found(ofTunnel ? 'live-tunnel' : (CHECK_OF[step] ?? 'live-tunnel'), failed(error))
}

function restoredAs(result: RestoreResult, warned: Warned | undefined): Finding {
  if (result === 'failed') return bad('not-restored', 'the webhook could not be put back', ERRORS.notRestored.remedy)
  if (result === 'superseded')
    return notable('left alone: somebody else has changed it meanwhile', 'look at the admin page')
  if (warned !== undefined) return notable(warned.message, warned.remedy)
  return well(result === 'deleted' ? 'taken away again' : 'put back, as it was')
}
