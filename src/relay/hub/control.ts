// The questions that anybody of the team may ask a relay, and its answers.
import type { Msg } from '@nats-io/transport-node'
import { isDeveloperName, NOBODY, tokenOf } from '../wire/subjects.ts'
import { type Asked, type RelayStatus, readAsked, type SeenDeveloper } from '../wire/words.ts'
import type { Developers } from './developers.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { KnownDevelopers } from './known-developers.ts'

export interface ControlOptions {
  readonly bot: string
  /** `<user>@<host>` of the relay. */
  readonly who: string
  /** The public URL of the webhook; empty until it is known. */
  readonly url: () => string
  /** Who gets what no developer wants, for people. */
  readonly fallback: string
  /** The id of a conversation that has been delivered, which may be cut short; `null` for none. Rejects where it may be several. */
  readonly findConversation: (given: string) => Promise<string | null>
  readonly developers: Pick<Developers, 'state' | 'names' | 'known'>
  readonly dispatcher: Pick<Dispatcher, 'assign' | 'count'>
  readonly everJoined: Pick<KnownDevelopers, 'names'>
}

export interface RelayControl {
  status(): RelayStatus
  /** Answers a question. */
  answer(message: Msg): Promise<unknown>
}

/** Creates the control of a relay. */
export function createControl(options: ControlOptions): RelayControl {
  const { bot, who, url, fallback, developers, dispatcher, everJoined, findConversation } = options

  function status(): RelayStatus {
    const seen = developers.names().map((name): SeenDeveloper => {
      const { is, seat } = developers.state(name)
      return { name, who: seat?.who ?? null, state: is, only: seat?.only ?? null, ...dispatcher.count(name) }
    })
    const { held: unclaimed } = dispatcher.count(NOBODY)
    return { bot, relay: who, url: url(), fallback, developers: seen, unclaimed }
  }

  async function assign({ conversation, to, isNew }: Extract<Asked, { readonly is: 'assign' }>): Promise<unknown> {
    if (!isDeveloperName(to)) return { ok: false, message: `\`${to}\` is not the name of a developer` }
    const known = new Set([...everJoined.names(), ...developers.names()])
    if (!isNew && !known.has(to))
      return { ok: false, message: `nobody has ever joined this relay as \`${to}\``, known: [...known].sort() }
    // One of which nothing has been delivered yet may be given to somebody as well, as long as it is said.
    const found = await findConversation(conversation)
    const before = await dispatcher.assign(tokenOf(found ?? conversation), to)
    if (developers.state(to).is === 'gone') developers.known(to)
    const isKnown = found !== null || before !== null
    return { ok: true, conversation: found ?? conversation, isKnown, before, ...dispatcher.count(to) }
  }

  return {
    status,
    answer: async (message) => {
      const question = readAsked(message.string())
      switch (question?.is) {
        case 'ping':
          return { ok: true, bot, relay: who, now: Date.now() }
        case 'status':
          return status()
        case 'assign':
          return assign(question)
        case undefined:
          return { ok: false, message: 'that is not understood' }
        default:
          return question satisfies never
      }
    },
  }
}
