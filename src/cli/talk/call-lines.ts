// Calls of the sandbox's API, a line each.
import { sanitize } from '../../core/text/sanitize.ts'
import type { Colors } from '../output/colors.ts'
import { statusWord } from '../screen/event-words.ts'

interface Call {
  readonly at: number
  readonly ms: number
  readonly method: string
  readonly path: string
  readonly status: number | null
}

/** `12:04:31 POST /v2/conversations/…/messages 201 4ms` */
export function callLine({ at, ms, method, path, status }: Call, colors: Colors): string {
  const time = colors.dim(new Date(at).toTimeString().slice(0, 8))
  const result = status === null ? colors.red('cut') : statusWord(status, colors)
  return `${time} ${sanitize(method, 10)} ${sanitize(path, 300)} ${result} ${colors.dim(`${Math.round(ms)}ms`)}`
}
