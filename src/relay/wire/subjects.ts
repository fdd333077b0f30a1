// The names on the broker: subjects, streams and buckets of one bot, and what may be part of them.
import { createHash } from 'node:crypto'
import { DevHookError } from '../../core/errors.ts'

/** In place of a bot's id, by whoever does not know it: every relay answers. */
export const ANY_BOT = '_'

/** In place of a developer's name: what is kept for nobody. */
export const NOBODY = '_'

/** In place of a developer's name: what goes to the URL that is the default. */
export const URL_OWNER = 'url'

/** The name of the relay itself. */
export const RELAY_NAME = 'relay'

/** Words that stand for something else where a name could. */
const RESERVED: ReadonlySet<string> = new Set([RELAY_NAME, 'hold', URL_OWNER])

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/

/** Whether a text may be the name of a developer: it is a part of subjects, and of file names. */
export const isDeveloperName = (text: string): boolean => NAME.test(text) && !RESERVED.has(text)

/** The name of a developer; throws `usage` for a text that cannot be one. */
export function developerName(text: string): string {
  if (isDeveloperName(text)) return text
  throw new DevHookError('usage', `\`${text}\` cannot be the name of a developer`, {
    remedy: 'use up to 32 lower-case letters, digits and hyphens, but not `relay`, `hold` or `url`',
  })
}

const PLAIN = /^[A-Za-z0-9-]{1,64}$/

/** An id as one token of a subject: as it is, or as its digest where it holds what a subject cannot. */
export const tokenOf = (id: string): string =>
  PLAIN.test(id) ? id : `x_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`

/** The token of deliveries that belong to no conversation. */
export const NO_CONVERSATION = '_'

/** Everything on the broker that belongs to one bot. */
export interface BotNames {
  /** Live deliveries to a developer, by request and reply. */
  to(developer: string): string
  /** What is held for a developer, by conversation. */
  held(developer: string, conversation: string): string
  /** The stream of what is held for a developer. */
  stream(developer: string): string
  /** What a developer says of themselves. */
  presence(developer: string): string
  /** What anybody of the team may ask of the relay. */
  readonly control: string
  /** Where the relay of this session says that it is alive. */
  alive(session: string): string
  /** The bucket of the names of those who have ever joined. */
  readonly developers: string
  /** The bucket that says whose a conversation is. */
  readonly assignments: string
  /** The bucket that says which relay has the bot. */
  readonly lock: string
}

/** The names of one bot. */
export function namesOf(bot: string): BotNames {
  const token = bot === ANY_BOT ? bot : tokenOf(bot)
  const prefix = `dh.${token}`
  return {
    to: (developer) => `${prefix}.to.${developer}`,
    held: (developer, conversation) => `${prefix}.held.${developer}.${conversation}`,
    stream: (developer) => `DH_${token}_${developer}`,
    presence: (developer) => `${prefix}.presence.${developer}`,
    control: `${prefix}.control`,
    alive: (session) => `${prefix}.alive.${session}`,
    developers: `DH_${token}_developers`,
    assignments: `DH_${token}_assignments`,
    lock: `DH_${token}_relay`,
  }
}

const INBOX = '_INBOX_'

/** Where the answers to somebody's requests come in: nobody else may listen there. */
export const inboxOf = (name: string): string => `${INBOX}${name}`

/** Whether a subject is a place for answers. */
export const isInbox = (subject: string | undefined): boolean => subject?.startsWith(INBOX) === true
