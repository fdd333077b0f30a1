// Chaos: what goes wrong with which delivery and which call, by a seed, while the sandbox runs.

import { asText } from '../../core/json.ts'
import { formatDuration } from '../../core/text/duration.ts'
import type { Payload } from '../../protocol/envelope.ts'
import { MAX_KEPT } from '../bounds.ts'
import { conversationInPath, routeOf } from '../http/paths.ts'
import { getIn } from '../json-path.ts'
import { type ChaosConfig, type ChaosWord, showChaos } from './chaos-words.ts'
import { type Counter, chance, createCounter, createNumbers, type Numbers } from './dice.ts'

/** One thing that chaos did, or, without a word, that its settings have changed. */
export interface ChaosAct {
  readonly word: ChaosWord | null
  readonly seed: number
  /** What happens, in a sentence without the seed. */
  readonly message: string
}

/** What goes wrong with a delivery. */
export interface DeliveryChaos {
  readonly delayMs: number
  readonly isDuplicated: boolean
  readonly isReordered: boolean
  /** Whether the attempt with this number, from 0, is lost. */
  isLost(attempt: number): boolean
}

/** What goes wrong with a call of the bot's. */
export interface CallChaos {
  readonly expires: boolean
  readonly fails: boolean
  readonly slowMs: number
}

export interface Chaos {
  readonly seed: number
  current(): ChaosConfig | null
  /** Replaces it, or with `null` ends it; counting starts over. */
  set(config: ChaosConfig | null): void
  /** A conversation was created: the first, the second and so on are told apart by that, as their ids are new each time. */
  created(conversation: string): void
  /** Decides about an event on its way to the webhook with this number. */
  delivery(payload: Payload, webhook: number): DeliveryChaos
  /** Decides about a call of the bot's; `path` has the query. */
  call(method: string, path: string): CallChaos
  /** Says something that was decided, when it happens. */
  act(word: ChaosWord, message: string): void
}

const CALM_DELIVERY: DeliveryChaos = { delayMs: 0, isDuplicated: false, isReordered: false, isLost: () => false }
const CALM_CALL: CallChaos = { expires: false, fails: false, slowMs: 0 }

/** Creates the chaos of one sandbox; `tell` is called with everything that it does. */
export function createChaos(options: {
  readonly seed: number
  readonly chaos: ChaosConfig | null
  readonly tell: (act: ChaosAct) => void
}): Chaos {
  const { seed, tell } = options
  let config = options.chaos
  let numbers: Numbers = createNumbers(MAX_KEPT)
  let counter: Counter = createCounter(MAX_KEPT)
  // The call that is made again with a new token must not meet with another expiry: no token ends at once.
  const expired = new Set<string>()

  const numberOf = (conversation: string | null): string =>
    conversation === null ? '' : String(numbers.of(conversation))

  /** Whether something happens to a thing; `which` is the same in another run with the same inputs. */
  function happens(word: ChaosWord, which: string): boolean {
    const probability = config?.[word] ?? 0
    return probability > 0 && chance(seed, `${word} ${which}`) < probability
  }

  const act = (word: ChaosWord, message: string): void => tell({ word, seed, message })

  return {
    seed,
    current: () => config,
    set: (next) => {
      config = next === null || Object.keys(next).length === 0 ? null : next
      numbers = createNumbers(MAX_KEPT)
      counter = createCounter(MAX_KEPT)
      expired.clear()
      tell({
        word: null,
        seed,
        message: config === null ? 'off from now on' : `${showChaos(config)} from now on`,
      })
    },
    created: (conversation) => void numberOf(conversation),
    delivery: (payload, webhook) => {
      if (config === null) return CALM_DELIVERY
      const conversation = asText(getIn(payload.data, ['conversation', 'id']))
      // By who has said it, too: whether an answer or the next question comes first is a matter of time.
      const role = asText(getIn(payload.data, ['message', 'role'])) ?? ''
      const kind = `${numberOf(conversation)} ${payload.event} ${role} ${webhook}`
      const which = `${kind} ${counter.next(kind)}`
      return {
        delayMs: config.delay ?? 0,
        isDuplicated: happens('duplicate', which),
        isReordered: conversation !== null && happens('reorder', which),
        isLost: (attempt) => happens('drop', `${which} ${attempt}`),
      }
    },
    call: (method, path) => {
      if (config === null) return CALM_CALL
      const route = `${method} ${routeOf(path)}`
      const kind = `${numberOf(conversationInPath(path))} ${route}`
      const which = `${kind} ${counter.next(kind)}`
      const expires = !expired.delete(kind) && happens('expire', which)
      const fails = !expires && happens('error', which)
      const slowMs = fails || expires ? 0 : (config.slow ?? 0)
      if (expires) {
        expired.add(kind)
        act('expire', `the token of the bot expires at ${route}`)
      }
      if (fails) act('error', `${route} of the bot is answered 503, and not done`)
      if (slowMs > 0) act('slow', `the answer to ${route} comes ${formatDuration(slowMs)} late`)
      return { expires, fails, slowMs }
    },
    act,
  }
}
