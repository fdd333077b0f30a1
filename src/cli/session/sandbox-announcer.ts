// What a sandbox has to tell whoever writes the bot, as notices of the run.
import { type Emit, type NoticeBody, type Notices, warning } from '../../core/notices.ts'
import { showChaos } from '../../sandbox/chaos/chaos-words.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { JENNY } from '../talk/people.ts'
import { announceRefusedCalls } from './refused-calls.ts'

export interface SandboxAnnouncer {
  /** Announces how the sandbox is reached, and what there was to tell so far; from now on as it happens. */
  begin(notices: Notices, startsBot: boolean): void
}

/** Starts to listen: a bot calls the API as soon as it starts, which is before there is a run that could announce anything. */
export function createSandboxAnnouncer(sandbox: Sandbox): SandboxAnnouncer {
  const early: NoticeBody[] = []
  let announce: Emit = (notice) => void early.push(notice)
  sandbox.on((notice) => {
    if (notice.type === 'hint') announce(warning(notice.kind, notice.message))
    if (notice.type === 'chaos') announce(notice)
  })
  announceRefusedCalls(sandbox, (notice) => announce(notice))
  return {
    begin: ({ emit, on }, startsBot) => {
      const { api, token, refreshToken, isOwnToken } = sandbox
      const tokens = isOwnToken ? { token: null, refreshToken: null } : { token, refreshToken }
      const logins = [JENNY.email, ...sandbox.logins]
      emit({ type: 'sandbox', api, ...tokens, logins, startsBot, chaos: chaosOf(sandbox) })
      announce = emit
      early.forEach(emit)
      warnOfLateAnswers(emit, on)
    },
  }
}

function chaosOf({ chaos }: Sandbox): { readonly words: string; readonly seed: number } | null {
  const config = chaos.current()
  return config === null ? null : { words: showChaos(config), seed: chaos.seed }
}

/** What the platform waits for an answer, in ms. */
const PATIENCE_MS = 20_000

/** dev-hook answers the platform in time, so that only its own attempts tell how long the bot takes. */
function warnOfLateAnswers(emit: Emit, on: Notices['on']): void {
  const off = on((notice) => {
    if (notice.type !== 'attempt' || notice.ms < PATIENCE_MS) return
    off()
    const seconds = Math.round(notice.ms / 1_000)
    emit(warning('answeredLate', `the bot took ${seconds} s to answer a delivery: the platform waits 20 s`))
  })
}
