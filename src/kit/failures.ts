// The errors of the kit: what happened instead, and at their end the talk, the bot's last lines and what repeats the run.
import { DevHookError, errorNameOf } from '../core/errors.ts'
import { ApiError } from '../sandbox/api-error.ts'
import { NoAnswerError } from '../sandbox/chat/no-answer.ts'
import type { ApiCall, Delivery } from './types/types.ts'
import { callView, deliveryView } from './views.ts'

/** What an error ends with. */
export interface Ending {
  readonly transcript: string
  /** The last lines that the bot has printed. */
  readonly output: readonly string[]
  /** The seed of chaos; `null` while there is none. */
  readonly seed: number | null
}

/** The bot did not answer somebody, or not often enough; `message` says what happened instead. */
export class NoReplyError extends DevHookError {
  /** What was delivered to the bot, or should have been. */
  readonly deliveries: readonly Delivery[]
  /** The bot's calls of the API since then that failed. */
  readonly failedCalls: readonly ApiCall[]
  /** The talk so far, without ids and times. */
  readonly transcript: string

  constructor(error: NoAnswerError, ending: Ending) {
    super('noReply', [...error.lines, ...endingLines(error.remedy, ending)], { remedy: error.remedy })
    this.deliveries = error.deliveries.map(deliveryView)
    this.failedCalls = error.failedCalls.map(callView)
    this.transcript = ending.transcript
  }
}

/** What was thrown, for whoever tests a bot: an error of ours ends with what happened; what the platform refuses is misuse. */
export function explained(thrown: unknown, ending: () => Ending): unknown {
  if (thrown instanceof NoAnswerError) return new NoReplyError(thrown, ending())
  if (thrown instanceof ApiError) {
    return new DevHookError('usage', `the platform refuses it with ${thrown.status}: ${thrown.message}`, {
      cause: thrown,
      remedy: 'give what the API takes',
    })
  }
  if (!(thrown instanceof DevHookError)) return thrown
  const kind = errorNameOf(thrown.code)
  if (kind === 'usage' || kind === 'sandboxClosed') return withRemedy(thrown)
  const { lines, remedy, cause } = thrown
  return new DevHookError(kind, [...lines, ...endingLines(remedy, ending())], { cause, remedy })
}

/** The same error with its remedy in its message, which is all that most test runners show. */
export function withRemedy(thrown: unknown): unknown {
  if (!(thrown instanceof DevHookError) || thrown.lines.some((line) => line.startsWith(TO_DO))) return thrown
  const { code, lines, remedy, cause } = thrown
  const [first = '', ...rest] = lines
  return new DevHookError(errorNameOf(code), [first, toDo(remedy), ...rest], {
    remedy,
    ...(cause !== undefined && { cause }),
  })
}

const TO_DO = 'To do: '
const toDo = (remedy: string): string => `${TO_DO}${remedy}.`

function endingLines(remedy: string, { transcript, output, seed }: Ending): readonly string[] {
  return [
    toDo(remedy),
    ...(transcript === '' ? [] : ['', ...transcript.split('\n')]),
    ...(output.length === 0 ? [] : ['', 'The bot printed last:', ...output.map((line) => `  ${line}`)]),
    ...(seed === null ? [] : ['', `To repeat it: seed ${seed}`]),
  ]
}
