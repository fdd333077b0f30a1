// The bot's calls of the sandbox's API that were refused, as notices: each one, but few of a flood.
import { type Clock, MONOTONIC } from '../../core/async.ts'
import type { Off } from '../../core/listeners.ts'
import type { Emit } from '../../core/notices.ts'
import { refusalIn } from '../../sandbox/call-log.ts'
import { withoutQuery } from '../../sandbox/http/paths.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'

/** Of calls that are refused alike, one is announced in this time, in ms. */
const FLOOD_MS = 1_000
/** So many different ones are told apart. */
const MAX_KINDS = 1_000

/** Announces them from now on. Who calls without a good token may well be the bot. */
export function announceRefusedCalls(
  sandbox: Pick<Sandbox, 'on' | 'botId'>,
  emit: Emit,
  clock: Pick<Clock, 'now'> = MONOTONIC,
): Off {
  /** When one of a kind was announced last, and how many more came since. */
  const kinds = new Map<string, { readonly at: number; more: number }>()
  return sandbox.on((notice) => {
    if (notice.type !== 'call') return
    const { method, path, status, by, response } = notice.call
    if ((by !== sandbox.botId && by !== null) || (status !== null && status < 400)) return
    const kind = `${method} ${withoutQuery(path)} ${status}`
    const last = kinds.get(kind)
    if (last !== undefined && clock.now() - last.at < FLOOD_MS) {
      last.more += 1
      return
    }
    if (kinds.size >= MAX_KINDS) kinds.clear()
    kinds.set(kind, { at: clock.now(), more: 0 })
    const more = last?.more ?? 0
    emit({ type: 'call', method, path, status, message: refusalIn(response), ...(more > 0 && { more }) })
  })
}
