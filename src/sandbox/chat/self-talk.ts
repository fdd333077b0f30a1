// A bot that answers its own messages: found by keeping them from it for a while, and stopped if they are what it answers.
import type { Clock } from '../../core/async.ts'
import type { Off } from '../../core/listeners.ts'

/** How many messages in a row a bot may send before it is looked at more closely. */
const ROUNDS = 5
/** A bot that is told nothing, and says nothing for so long, in ms, has nothing more to say by itself. */
const QUIET_MS = 3_000
/** A bot that is told nothing, and goes on for so long, in ms, talks by itself. */
const PATIENCE_MS = 10_000
/** What a bot says so soon after it was told something, in ms, is its answer. */
const ANSWER_MS = 1_000

type Tell = () => void

/**
 * What is known of a conversation. `talking`: the bot has said so much in a row. `waiting`: it is told nothing of what it says, until
 * it is quiet. `probing`: it was, and was told of the first one: if it says something now, it answers itself. `stopped`: it does.
 */
type State =
  | { readonly is: 'talking'; readonly inARow: number }
  | { readonly is: 'waiting'; readonly kept: readonly Tell[]; readonly quiet: Off; readonly limit: Off }
  | { readonly is: 'probing'; readonly kept: readonly Tell[]; readonly since: string; readonly calm: Off }
  | { readonly is: 'stopped' }

export interface SelfTalk {
  /** The bot has posted something in a conversation, at a time in ISO 8601: `tell` announces it to the bot, now, later or never. */
  bot(conversation: string, postedAt: string, tell: Tell): void
  /** Somebody else has said something there; what was kept from the bot is announced before. */
  other(conversation: string): void
  /** Forgets everything, and what was kept from the bot. */
  clear(): void
}

/**
 * Creates the observer of one sandbox; `onFound` is called with the conversation in which the bot answers itself. `clock` is that of
 * this machine, by which the bot answers; `stamp` is the time at which messages are posted.
 */
export function createSelfTalk(
  clock: Pick<Clock, 'after'>,
  stamp: () => string,
  onFound: (conversation: string) => void,
): SelfTalk {
  const states = new Map<string, State>()

  function goOn(conversation: string): void {
    const state = states.get(conversation)
    states.delete(conversation)
    if (state === undefined) return
    cancelTimers(state)
    if (state.is === 'waiting' || state.is === 'probing') for (const tell of state.kept) tell()
  }

  function wait(conversation: string, kept: readonly Tell[], limit: Off): void {
    const quiet = clock.after(QUIET_MS, () => probe(conversation))
    states.set(conversation, { is: 'waiting', kept, quiet, limit })
  }

  function probe(conversation: string): void {
    const state = states.get(conversation)
    if (state?.is !== 'waiting') return
    cancelTimers(state)
    const [first, ...kept] = state.kept
    const calm = clock.after(ANSWER_MS, () => goOn(conversation))
    states.set(conversation, { is: 'probing', kept, since: stamp(), calm })
    first?.()
  }

  return {
    bot: (conversation, postedAt, tell) => {
      const state = states.get(conversation) ?? { is: 'talking', inARow: 0 }
      switch (state.is) {
        case 'talking':
          if (state.inARow + 1 < ROUNDS) {
            states.set(conversation, { is: 'talking', inARow: state.inARow + 1 })
            return tell()
          }
          return wait(
            conversation,
            [tell],
            clock.after(PATIENCE_MS, () => goOn(conversation)),
          )
        case 'waiting':
          state.quiet()
          return wait(conversation, [...state.kept, tell], state.limit)
        case 'probing':
          // Posted before, with a delay: it is not an answer.
          if (postedAt < state.since) return tell()
          cancelTimers(state)
          states.set(conversation, { is: 'stopped' })
          return onFound(conversation)
        case 'stopped':
          return undefined
        default:
          return state satisfies never
      }
    },
    other: goOn,
    clear: () => {
      states.forEach(cancelTimers)
      states.clear()
    },
  }
}

function cancelTimers(state: State): void {
  if (state.is === 'waiting') {
    state.quiet()
    state.limit()
  } else if (state.is === 'probing') state.calm()
}
