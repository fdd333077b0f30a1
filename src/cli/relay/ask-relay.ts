// What is asked of a relay that is running, through its broker: who is there, and whose a conversation is to be.
import { closestMatch } from 'leven'
import { DevHookError } from '../../core/errors.ts'
import { type Json, textIn, valueIn } from '../../core/json.ts'
import { nameAt, readAddress } from '../../relay/broker/address.ts'
import { openBroker } from '../../relay/broker/broker.ts'
import { askRelay } from '../../relay/seat/ask.ts'
import { developerName, RELAY_NAME } from '../../relay/wire/subjects.ts'
import { type Asked, listIn, type RelayStatus, readStatus } from '../../relay/wire/words.ts'
import type { OpenCommand } from '../open-command.ts'

/** Asks a relay once. Rejects with `relayMissing`, or like the opening of a broker. */
async function ask({ config, who }: OpenCommand, nats: string | null, question: Asked): Promise<Json> {
  const address = await readAddress(nats ?? config.relay, config.natsCreds)
  // Whoever runs the relay has its credentials, and may ask it.
  const name = address.name === RELAY_NAME ? RELAY_NAME : nameAt(address, who)
  const broker = await openBroker(address, name)
  try {
    return await askRelay({ broker, bot: config.bot }, question)
  } finally {
    await broker.close()
  }
}

/** Who is there, and what waits. */
export const readRelayStatus = async (opened: OpenCommand, nats: string | null): Promise<RelayStatus> =>
  readStatus(await ask(opened, nats, { is: 'status' }))

/** What became of a conversation that was given to somebody. */
export interface AssignedConversation {
  /** Its whole id, where that is known. */
  readonly conversation: string
  /** Whether the relay has had anything of it. */
  readonly isKnown: boolean
  readonly to: string
  /** Whose it was; `null` for nobody's. */
  readonly before: string | null
}

/** Makes a conversation somebody's; `isNew`: who may never have come yet. Rejects with `relayRefused`. */
export async function assignConversation(
  opened: OpenCommand,
  nats: string | null,
  [conversation, to]: readonly string[],
  isNew: boolean,
): Promise<AssignedConversation> {
  if (conversation === undefined || to === undefined) {
    throw new DevHookError('usage', 'name the conversation and the developer', {
      remedy: '`dev-hook relay assign 5c1a9e… anna`',
    })
  }
  const answer = await ask(opened, nats, { is: 'assign', conversation, to: developerName(to), isNew })
  if (valueIn(answer, 'ok') === true) {
    const whole = textIn(answer, 'conversation') ?? conversation
    return { conversation: whole, isKnown: valueIn(answer, 'isKnown') !== false, to, before: textIn(answer, 'before') }
  }
  const known = listIn(answer, 'known')
  const why = textIn(answer, 'message') ?? 'the relay has not assigned it'
  throw known === null ? new DevHookError('relayRefused', why.split('\n')) : stranger(why, to, known)
}

/** How many names a refusal lists. */
const MAX_LISTED = 20

/** A name that nobody has come with, and those that somebody has. */
function stranger(why: string, name: string, known: readonly string[]): DevHookError {
  const nearest = closestMatch(name, known, { maxDistance: 3 })
  const hint = nearest === undefined ? '' : `; did you mean \`${nearest}\`?`
  const names = `${known.slice(0, MAX_LISTED).join(', ')}${known.length > MAX_LISTED ? ' …' : ''}`
  const remedy = `${known.length === 0 ? '' : `those who have come: ${names}; `}add \`--new\` for somebody who is still to come`
  return new DevHookError('relayRefused', `${why}${hint}`, { remedy })
}
