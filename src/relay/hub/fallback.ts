// Who gets what no developer wants: everybody waits for it, one developer, or a URL.
import type { Delivery } from '../../core/delivery.ts'
import { NOBODY, URL_OWNER } from '../wire/subjects.ts'
import type { Developers } from './developers.ts'
import type { Live, Recipients } from './recipients.ts'

export type Fallback =
  | { readonly to: 'hold' }
  | { readonly to: 'developer'; readonly name: string }
  | { readonly to: 'url'; readonly url: string; readonly pass: (delivery: Delivery) => Live }

/** The owner of what no developer wants. */
export function fallbackOwner(fallback: Fallback): string {
  if (fallback.to === 'developer') return fallback.name
  return fallback.to === 'url' ? URL_OWNER : NOBODY
}

/** The fallback as `dev-hook relay status` shows it. */
export function fallbackWords(fallback: Fallback): string {
  if (fallback.to === 'developer') return fallback.name
  return fallback.to === 'url' ? fallback.url : 'hold'
}

/** The recipients of a relay: its developers, and the fallback. */
export const recipientsOf = (
  { state, choose, send }: Pick<Developers, 'state' | 'choose' | 'send'>,
  fallback: Fallback,
): Recipients => ({
  isHere: (owner) => state(owner).is === 'here',
  isGone: (owner) => state(owner).is === 'gone',
  choose,
  fallback: fallbackOwner(fallback),
  send: (owner, delivery) =>
    owner === URL_OWNER && fallback.to === 'url' ? fallback.pass(delivery) : send(owner, delivery),
})
