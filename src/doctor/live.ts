// One whole round against the platform and the tunnel, as checks: claim, verify, restore.

import type { Config } from '../config/load.ts'
import { onAbort, withDeadline } from '../core/async.ts'
import { asDevHookError, type DevHookError, ERRORS } from '../core/errors.ts'
import { withoutCredentials } from '../core/hook-url.ts'
import { version } from '../core/instance.ts'
import { createNotices, type Notice, type RestoreResult } from '../core/notices.ts'
import { formatDuration } from '../core/text/duration.ts'
import { createDaemon } from '../daemon/daemon.ts'
import type { Daemon, DaemonOptions } from '../daemon/types.ts'
import { type Finding, failed, failedWith, passed, warned } from './finding.ts'

export interface LiveOptions extends Pick<DaemonOptions, 'who' | 'stateHome' | 'env' | 'ask' | 'redactor'> {
  readonly config: Config
  /** Called with the check that is waited for; with `null` while a person is asked. */
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

/** Claims and restores the webhook once; ends in order when the signal is aborted. Never rejects. */
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
  const seen = recordNotices(notices.on, waiting, () => void daemon.stop())
  try {
    await withDeadline([signal], { ms: limitMs, reason: 'the trial run took too long' }, (limited) => {
      onAbort(limited, () => void daemon.stop())
      return daemon.start()
    })
    reportReady(seen, found)
  } catch (error) {
    reportFailure(daemon, seen, asDevHookError(error), found)
  }
  waiting('live-restore')
  const { restored } = await daemon.stop()
  if (restored !== 'nothing') found('live-restore', restoredAs(restored, seen.warnings.at(-1)))
  return findings
}

type Warning = Pick<Finding, 'message'> & { readonly remedy: string }

/** What the notices of the round have shown so far. */
interface SeenNotices {
  step: string
  ready: Of<'ready'> | null
  manual: boolean
  warnings: Warning[]
}

function recordNotices(
  on: (listener: (notice: Notice) => void) => void,
  waiting: (name: string | null) => void,
  end: () => void,
): SeenNotices {
  const seen: SeenNotices = { step: 'check', ready: null, manual: false, warnings: [] }
  on((notice) => {
    if (notice.type === 'starting') {
      seen.step = notice.step
      waiting(CHECK_OF[notice.step] ?? 'live-tunnel')
    }
    if (notice.type === 'asking') waiting(null)
    if (notice.type === 'ready') seen.ready = notice
    if (notice.type === 'warning' && seen.ready !== null) seen.warnings.push(notice)
    if (notice.type !== 'registration' || notice.state !== 'manual') return
    // A person would have to paste the URL: there is no round to make.
    seen.manual = true
    end()
  })
  return seen
}

type Report = LiveOptions['found']

function reportReady({ ready }: SeenNotices, report: Report): void {
  const took = (name: string): string => formatDuration(ready?.steps.find((step) => step.name === name)?.ms ?? 0)
  report('live-tunnel', passed(`${ready?.url ?? ''} reaches this machine, in ${took('tunnel')}`))
  report('live-claim', passed(`the ${ready?.kind ?? ''} webhook was pointed to it, in ${took('claim')}`))
  report('live-verify', passed(`the platform verified it, in ${took('verify')}`))
}

function reportFailure(daemon: Daemon, { step, manual }: SeenNotices, error: DevHookError, report: Report): void {
  const url = daemon.url()
  if (url !== null) report('live-tunnel', passed(`${withoutCredentials(url)} reaches this machine`))
  if (manual) return report('live-claim', warned('the webhook has to be set by hand', ERRORS.webhookUnknown.remedy))
  const ofTunnel = url === null && (error.failure === 'tunnel' || error.is('ngrokTokenMissing', 'ngrokTokenRefused'))
  report(ofTunnel ? 'live-tunnel' : (CHECK_OF[step] ?? 'live-tunnel'), failedWith(error))
}

function restoredAs(result: RestoreResult, warning: Warning | undefined): Finding {
  if (result === 'failed') return failed('not-restored', 'the webhook could not be put back', ERRORS.notRestored.remedy)
  if (result === 'superseded')
    return warned('left alone: somebody else has changed it meanwhile', 'look at the admin page')
  if (warning !== undefined) return warned(warning.message, warning.remedy)
  return passed(result === 'deleted' ? 'taken away again' : 'put back, as it was')
}
