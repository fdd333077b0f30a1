// The messages between the parent and the process of the SDK, with the guards that read them.
import { isRecord, type Json } from '../../core/json.ts'

/** Everything that the SDK needs for one session. Secret: the authtoken. */
export interface OpenMessage {
  readonly type: 'open'
  readonly authtoken: string
  readonly domain: string | null
  readonly serverAddr: string | null
  /** PEM. */
  readonly ca: string | null
  /** `host:port` of the gateway. */
  readonly upstream: string
  /** Whole seconds, at least 1: the SDK panics at less. */
  readonly heartbeatSeconds: number
  readonly toleranceSeconds: number
}

/** From the parent. `close`: release the name, then send `closed`. */
export type ToChild = OpenMessage | { readonly type: 'close' }

/** From the child, in this order, with heartbeats in between. `failed` ends it at any point; `text` may hold the authtoken. */
export type FromChild =
  | { readonly type: 'ready' | 'connected' | 'closed' }
  | { readonly type: 'bound'; readonly url: string }
  | { readonly type: 'heartbeat'; readonly answered: boolean }
  | { readonly type: 'failed'; readonly text: string }

/** Reads a message of the parent; `null` for anything else. */
export function readToChild(value: unknown): ToChild | null {
  if (!isRecord(value)) return null
  if (value['type'] === 'close') return { type: 'close' }
  return isOpenMessage(value) ? value : null
}

/** Reads a message of the child; `null` for anything else. */
export function readFromChild(value: unknown): FromChild | null {
  if (!isRecord(value)) return null
  const { type, url, answered, text } = value
  if (type === 'ready' || type === 'connected' || type === 'closed') return { type }
  if (type === 'bound' && isText(url)) return { type, url }
  if (type === 'heartbeat' && typeof answered === 'boolean') return { type, answered }
  if (type === 'failed' && isText(text)) return { type, text }
  return null
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isTextOrNull = (value: unknown): boolean => value === null || isText(value)
const isSeconds = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1

const isOpenMessage = (value: Json): value is Json & OpenMessage =>
  value['type'] === 'open' &&
  isText(value['authtoken']) &&
  isText(value['upstream']) &&
  [value['domain'], value['serverAddr'], value['ca']].every(isTextOrNull) &&
  [value['heartbeatSeconds'], value['toleranceSeconds']].every(isSeconds)
