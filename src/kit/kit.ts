// What the parts of the kit share: the platform, how long they wait, and how what is thrown is explained.
import { asRecord } from '../core/json.ts'
import type { Sandbox as Platform } from '../sandbox/sandbox.ts'
import { toMs } from './duration.ts'
import { explained } from './failures.ts'
import type { Recorder } from './transcript.ts'
import type { Fields, Message, Patience } from './types/types.ts'

export interface Kit {
  readonly platform: Platform
  readonly recorder: Recorder
  readonly patienceMs: number
  /** The last lines that the bot has printed. */
  output(): readonly string[]
  /** Every message of every conversation. */
  everything(): readonly Message[]
}

const kits = new WeakMap<object, Kit>()

/** Remembers whose kit somebody belongs to, for matchers, which are given nothing else. */
export function belongsTo<T extends object>(kit: Kit, who: T): T {
  kits.set(who, kit)
  return who
}

/** The kit that a contact, an agent or a conversation belongs to. */
export const kitOf = (who: object): Kit | undefined => kits.get(who)

/** How long a wait may take, and what ends it. */
export function waitOf(kit: Kit, { within, signal }: Patience): { timeoutMs: number; signal?: AbortSignal } {
  const timeoutMs = within === undefined ? kit.patienceMs : toMs(within, 'within')
  return { timeoutMs, ...(signal !== undefined && { signal }) }
}

/** The fields of a message, apart from how long to wait for its answer; `backchannel` is the platform's `isBackchannel`. */
export function messageFields(more: Fields & Patience & { readonly backchannel?: boolean }): Fields {
  const { within: _within, signal: _signal, backchannel, ...fields } = more
  return { ...fields, ...(backchannel !== undefined && { isBackchannel: backchannel }) }
}

/** Does something; if it fails, its error explains what happened. */
export async function explaining<T>(kit: Kit, conversation: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explain(kit, conversation, error)
  }
}

/** The same without waiting. */
export function explainingNow<T>(kit: Kit, conversation: string | undefined, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explain(kit, conversation, error)
  }
}

const seedOf = ({ platform: { chaos } }: Kit): number | null => (chaos.current() === null ? null : chaos.seed)

const explain = (kit: Kit, conversation: string | undefined, error: unknown): unknown =>
  explained(error, () => ({ transcript: kit.recorder.ending(conversation), output: kit.output(), seed: seedOf(kit) }))

/** A field of a document that is an object; an empty one when it is anything else. */
export const objectIn = (document: Fields, field: string): Fields => asRecord(document[field]) ?? {}
