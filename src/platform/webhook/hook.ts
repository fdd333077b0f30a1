// What a webhook's own object holds: URL, events, secret, status; each may be missing or masked.
import { isRecord, type Json, omit, textIn, valueIn } from '../../core/json.ts'
import type { Registered } from '../../core/ports.ts'

/** True for an object that may be a webhook, by the fields that it has. */
export const isHook = (value: unknown): boolean =>
  isRecord(value) && ['url', 'secret', 'events', 'status', 'verified'].some((key) => Object.hasOwn(value, key))

/** A webhook's object as the port shows it. `status` is the one that counts where it is kept. */
export function registeredOf(hook: Json | null, status: string | null): Registered {
  const events = valueIn(hook, 'events')
  const secret = textIn(hook, 'secret')
  return {
    url: textIn(hook, 'url'),
    events: Array.isArray(events) ? events.filter((event) => typeof event === 'string') : null,
    secret: secret === null || isMasked(secret) ? null : secret,
    status,
  }
}

/** The status in a webhook's own object, from `status` or `verified`; `null` when it shows none. */
export function statusIn(hook: Json | null): string | null {
  const verified = valueIn(hook, 'verified')
  return textIn(hook, 'status') ?? (typeof verified === 'boolean' ? (verified ? 'active' : 'unverified') : null)
}

/** True for a status under which the platform delivers events. */
export const isActive = (status: string | null): boolean => status === 'active' || status === 'verified'

/** True for a text that stands for a secret that the platform does not show: `***`, `•••`. */
export const isMasked = (text: string): boolean => /\*{3,}|[•●]{3,}|^\[?(redacted|hidden|masked)\]?$/i.test(text)

/**
 * Returns a hook that may be written: without a masked secret. Written back, the mask would become the secret for good;
 * left out, the platform may keep the one it has, and generates a new one at worst.
 */
export function withoutMask(hook: Json): Json {
  const secret = textIn(hook, 'secret')
  return secret !== null && isMasked(secret) ? omit(hook, 'secret') : hook
}
