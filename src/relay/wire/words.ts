// What developers and relay say to each other besides deliveries: who is there, and what is asked of the relay.
import { isRecord, type Json, textIn, valueIn } from '../../core/json.ts'
import { parsed } from './envelope.ts'

/** What a developer's side says: that it would like to begin, that it is there, or that it leaves. */
export interface Said {
  readonly is: 'hello' | 'here' | 'leaving'
  /** New for every run. */
  readonly session: string
  /** `<user>@<host>` */
  readonly who: string
  /** What the developer wants, as filters; `null` for everything. */
  readonly only: readonly string[] | null
}

/** What the relay answers. */
export type Welcome =
  | {
      readonly ok: true
      readonly bot: string
      /** `<user>@<host>` of the relay. */
      readonly relay: string
      /** The public URL of the webhook, without credentials. */
      readonly url: string
      /** What the developer's deliveries are signed with. */
      readonly secret: string
    }
  /** `taken`: another run has the name. `starting`: the relay is not ready yet. */
  | { readonly ok: false; readonly why: 'taken' | 'starting' | 'usage'; readonly message: string }

/** The texts of a list; `null` where there is none. */
export const listIn = (from: Json, key: string): readonly string[] | null => {
  const value = valueIn(from, key)
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : null
}

/** Reads what a developer's side says; `null` for anything else. */
export function readSaid(text: string): Said | null {
  const json = parsed(text)
  const is = textIn(json, 'is')
  const session = textIn(json, 'session')
  if (session === null || (is !== 'hello' && is !== 'here' && is !== 'leaving')) return null
  return { is, session, who: textIn(json, 'who') ?? 'somebody', only: listIn(json, 'only') }
}

/** Reads what the relay answers. Throws on anything else. */
export function readWelcome(text: string): Welcome {
  const json = parsed(text)
  const [bot, secret, why] = [textIn(json, 'bot'), textIn(json, 'secret'), textIn(json, 'why')]
  if (valueIn(json, 'ok') === true && bot !== null && secret !== null)
    return { ok: true, bot, secret, relay: textIn(json, 'relay') ?? 'a relay', url: textIn(json, 'url') ?? '' }
  if (why === 'taken' || why === 'starting' || why === 'usage')
    return { ok: false, why, message: textIn(json, 'message') ?? why }
  throw new Error('the relay answered with something other than a welcome')
}

/** What is asked of a relay. */
export type Asked =
  | { readonly is: 'ping' }
  | { readonly is: 'status' }
  /** `isNew`: to somebody who may never have joined yet. */
  | { readonly is: 'assign'; readonly conversation: string; readonly to: string; readonly isNew: boolean }

/** Reads what is asked; `null` for anything else. */
export function readAsked(text: string): Asked | null {
  const json = parsed(text)
  const is = textIn(json, 'is')
  if (is === 'ping' || is === 'status') return { is }
  const [conversation, to] = [textIn(json, 'conversation'), textIn(json, 'to')]
  if (is !== 'assign' || conversation === null || to === null) return null
  return { is, conversation, to, isNew: valueIn(json, 'isNew') === true }
}

/** A developer, as the relay sees them. */
export interface SeenDeveloper {
  readonly name: string
  /** `<user>@<host>`; `null` for one who has not been there since the relay began. */
  readonly who: string | null
  readonly state: 'here' | 'vanished' | 'gone'
  readonly only: readonly string[] | null
  /** How many deliveries are held for them, in how many conversations. */
  readonly held: number
  readonly conversations: number
}

/** What `dev-hook relay status` shows. */
export interface RelayStatus {
  readonly bot: string
  readonly relay: string
  readonly url: string
  readonly fallback: string
  readonly developers: readonly SeenDeveloper[]
  /** Held for nobody. */
  readonly unclaimed: number
}

const STATES: readonly string[] = ['here', 'vanished', 'gone']
const isState = (text: string | null): text is SeenDeveloper['state'] => text !== null && STATES.includes(text)
const numberIn = (from: unknown, key: string): number => {
  const value = valueIn(from, key)
  return typeof value === 'number' ? value : 0
}

/** Reads the status of a relay. Throws on anything else. */
export function readStatus(json: Json): RelayStatus {
  const bot = textIn(json, 'bot')
  const developers = valueIn(json, 'developers')
  if (bot === null || !Array.isArray(developers))
    throw new Error('the relay answered with something other than its status')
  return {
    bot,
    relay: textIn(json, 'relay') ?? '',
    url: textIn(json, 'url') ?? '',
    fallback: textIn(json, 'fallback') ?? 'hold',
    unclaimed: numberIn(json, 'unclaimed'),
    developers: developers.filter(isRecord).flatMap((each) => {
      const [name, state] = [textIn(each, 'name'), textIn(each, 'state')]
      if (name === null || !isState(state)) return []
      const [held, conversations] = [numberIn(each, 'held'), numberIn(each, 'conversations')]
      return [{ name, state, who: textIn(each, 'who'), only: listIn(each, 'only'), held, conversations }]
    }),
  }
}
