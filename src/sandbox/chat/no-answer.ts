// Why the bot did not answer somebody: each way of not answering in a sentence of its own.
import { isSuccess } from '../../core/delivery.ts'
import { DevHookError, ERRORS, type ErrorName } from '../../core/errors.ts'
import { formatDuration } from '../../core/text/duration.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import type { Message } from '../../protocol/resources.ts'
import { unseenByContact } from '../../protocol/visibility.ts'
import { type ApiCall, refusalIn } from '../call-log.ts'
import { routeOf } from '../http/paths.ts'
import type { SandboxDelivery } from '../webhooks/deliver.ts'
import type { Absence } from './stage.ts'

/** What is known of an answer that did not come. */
export interface Silence {
  /** Who got none. */
  readonly name: string
  /** How long it was waited for, in ms; `null` when it was clear at once that none would come. */
  readonly waitedMs: number | null
  readonly wanted: number
  readonly got: number
  /** What the bot said that they do not see. */
  readonly unseen: readonly Message[]
  /** The deliveries of what they said; `null` when they have said nothing. */
  readonly deliveries: readonly SandboxDelivery[] | null
  /** The calls of the bot since then that failed. */
  readonly failedCalls: readonly ApiCall[]
  /** That there is no bot. */
  readonly absence: Absence | null
  /** Whether a run stands between the platform and the bot, which tells what the bot itself has answered. */
  readonly isBehindRun: boolean
}

/** Somebody got no answer of the bot's, or fewer than they waited for. */
export class NoAnswerError extends DevHookError {
  readonly deliveries: readonly SandboxDelivery[]
  readonly failedCalls: readonly ApiCall[]

  constructor(silence: Silence) {
    const { name, waitedMs, wanted, got } = silence
    const replies =
      got >= wanted ? `no more than ${countOf(got)}` : wanted === 1 ? 'no reply' : `${got} of ${wanted} replies`
    const within = waitedMs === null ? '' : ` within ${formatDuration(waitedMs)}`
    const message = `${name} got ${replies}${within}: ${reasonsOf(silence).join('; ')}`
    super(kindOf(silence), message, { remedy: remedyOf(silence) })
    this.deliveries = silence.deliveries ?? []
    this.failedCalls = silence.failedCalls
  }
}

const countOf = (replies: number): string => (replies === 1 ? '1 reply' : `${replies} replies`)

/** What kind of failure it is: there is nothing that a bot which is not there could have said. */
function kindOf({ absence }: Silence): ErrorName {
  if (absence === null) return 'noReply'
  return absence.mayCome ? 'botNotListening' : 'botCrashed'
}

/**
 * That a run has refused a delivery before the bot could have it, and why; `null` where it has not. Where there is no run, whatever the
 * bot answers looks like that.
 */
export function refusalOnTheWay({ attempts, atBot, state }: SandboxDelivery): string | null {
  const attempt = attempts.at(-1)
  if (state !== 'pending' || atBot !== null || attempt === undefined) return null
  if (attempt.status === null || isSuccess(attempt.status)) return null
  const why = sanitize(attempt.body ?? '', MAX_WHY)
  return `dev-hook refused the delivery with ${attempt.status}${why === '' ? '' : `: ${why}`}`
}

const MAX_WHY = 200

function remedyOf(silence: Silence): string {
  const { unseen, deliveries, failedCalls, absence, isBehindRun } = silence
  const [hidden] = unseen
  if (absence !== null) return absence.remedy ?? ERRORS[kindOf(silence)].remedy
  if (hidden !== undefined && unseenByContact(hidden) === 'role') return ERRORS.unseen.remedy
  if (failedCalls.length > 0)
    return 'look at that call, and handle its failure in the bot: the platform may refuse it too'
  if (deliveries?.length === 0) return 'subscribe to events that cover it, such as `message.create.*`'
  if (isBehindRun && deliveries?.some((delivery) => refusalOnTheWay(delivery) !== null) === true) return ASK_THE_RUN
  return ERRORS.noReply.remedy
}

/** What to do about it. */
export const ASK_THE_RUN = 'look at what dev-hook says of it where it runs: the bot has not had the message'

function reasonsOf({ name, unseen, deliveries, failedCalls, absence, got, isBehindRun }: Silence): readonly string[] {
  const calls = failedCallReasons(failedCalls)
  const hidden = unseenReason(name, unseen)
  const own = [...(hidden === null ? [] : [hidden]), ...calls]
  // What became of a delivery says nothing more where there is nobody to take it.
  if (absence !== null) return [absence.why, ...own]
  if (deliveries === null) return own.length > 0 ? own : [`${name} has said nothing yet`]
  if (deliveries.length === 0) return [...own, 'nobody is registered for this event']
  const silent = (delivery: SandboxDelivery): boolean => delivery.state === 'delivered'
  // What became of a delivery matters, unless it was taken and something else explains why nothing came of it.
  const outcomes = deliveries.filter((delivery) => !silent(delivery) || own.length === 0)
  const explained = outcomes.map(
    (delivery) => (isBehindRun ? refusalOnTheWay(delivery) : null) ?? explain(delivery, got),
  )
  const said = [...own, ...explained]
  return said.length > 0 ? said : ['the bot has said nothing']
}

/** What the bot said instead that they do not see; `null` when it did not. */
function unseenReason(name: string, unseen: readonly Message[]): string | null {
  const [first] = unseen
  if (first === undefined) return null
  const what = unseen.length === 1 ? '1 message' : `${unseen.length} messages`
  const why = WHY[unseenByContact(first) ?? 'role'](first)
  return `the bot wrote ${what} that ${name} does not see (${why})`
}

const WHY = {
  role: ({ role, type }: Message) => `role "${role}", type "${type}"`,
  backchannel: () => 'in the backchannel',
  type: ({ type }: Message) => `type "${type}"`,
  'widget-call': () => 'a call of the widget',
} as const

function failedCallReasons(calls: readonly ApiCall[]): readonly string[] {
  const [last] = calls.slice(-1)
  if (last === undefined) return []
  const { method, path, status, response } = last
  const call = `${method} ${routeOf(path)} of the bot`
  if (status === null) return [`${call} was cut`]
  const why = refusalIn(response)
  return [`${call} was answered ${status}${why === null ? '' : `: ${why}`}`]
}

/** What became of a delivery that brought no reply, or too few. */
function explain({ origin, attempts, state, atBot }: SandboxDelivery, got: number): string {
  const nothing = `posted nothing${got > 0 ? ' more' : ''}`
  if (atBot?.status === null)
    return `the connection to the bot broke before it had answered the delivery, and it ${nothing}`
  if (atBot !== null) return `the bot answered the delivery with ${atBot.status}, and ${nothing}`
  const attempt = attempts.at(-1)
  if (state === 'dropped') return `the delivery to ${origin} was dropped, too many are under way`
  if (attempt === undefined) return `${origin} has not answered the delivery yet`
  const next = state === 'given-up' ? 'given up' : 'to be tried again'
  if (attempt.status === null) return `the delivery to ${origin} failed: ${attempt.error} (${next})`
  if (isSuccess(attempt.status)) {
    return `${origin} answered ${attempt.status}, but the bot ${nothing}`
  }
  return `the delivery to ${origin} failed with status ${attempt.status} (${next})`
}
