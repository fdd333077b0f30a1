// A crash loop in few lines: what a bot printed that crashes in the same way again and again is shown once.
import { type Clock, MONOTONIC } from '../../core/async.ts'
import type { Off } from '../../core/listeners.ts'
import type { Notice } from '../../core/notices.ts'
import { crashSignature } from '../screen/crash-cause.ts'

/** Whether the output of a bot is shown as it comes, or held back because it may be that of the same crash again. */
type Phase = { readonly is: 'shown' } | { readonly is: 'held'; readonly lines: Notice[]; readonly cancel: Off }

/** How long the output of a bot that has crashed before is held back after its next start, in ms. */
const HELD_MS = 1_000
/** How many lines are held back: what prints more is not a bare stack. */
const MAX_HELD = 100

/** Creates a listener that passes notices on to `print`: a crash like the one before without its output, and as `repeated`. */
export function collapseCrashes(
  print: (notice: Notice) => void,
  clock: Pick<Clock, 'after'> = MONOTONIC,
): (notice: Notice) => void {
  let phase: Phase = { is: 'shown' }
  /** What the last crash printed, with what differs from time to time taken out; `null` before the first. */
  let last: string | null = null

  function show(): void {
    if (phase.is === 'shown') return
    const { lines, cancel } = phase
    phase = { is: 'shown' }
    cancel()
    lines.forEach(print)
  }

  function hold(): void {
    show()
    phase = { is: 'held', lines: [], cancel: clock.after(HELD_MS, show) }
  }

  function onCrash(notice: Notice, lines: readonly string[]): void {
    const signature = crashSignature(lines)
    const isRepeated = phase.is === 'held' && signature === last
    last = signature
    if (phase.is === 'held' && isRepeated) {
      phase.cancel()
      phase = { is: 'shown' }
    } else show()
    print(isRepeated ? ({ ...notice, repeated: true } as Notice) : notice)
  }

  return (notice) => {
    if (notice.type === 'bot-output' && phase.is === 'held') {
      phase.lines.push(notice)
      if (phase.lines.length > MAX_HELD) show()
      return
    }
    if (notice.type === 'bot' && notice.state === 'crashed') return onCrash(notice, notice.lines ?? [])
    if (notice.type === 'bot' && notice.state === 'starting' && last !== null) hold()
    if (notice.type === 'stopped') show()
    print(notice)
  }
}
