// The platform's rules for webhooks: how they are saved and verified, and which of them an event goes to.
import { randomBytes } from 'node:crypto'
import type { Json } from '../../core/json.ts'
import { isSubscribed } from '../../protocol/events.ts'
import type { Document } from '../../protocol/resources.ts'
import { ApiError } from '../api-error.ts'
import { getIn, setIn } from '../json-path.ts'
import type { Collection, Store } from '../store.ts'
import type { PlatformClock } from '../time/platform-clock.ts'
import { createHookList } from './hook-list.ts'
import { type Hook, hookIn, type PlaceName, type Slot, slotsOfBot, slotsOfService } from './locations.ts'
import type { Verify } from './verification.ts'

/** A webhook that is subscribed to an event. */
export interface Subscriber {
  readonly url: string
  readonly secret: string | null
}

export interface Registrations {
  /**
   * The active webhooks that are subscribed to an event: a webhook is told of its own organization and those below. `place`: the
   * organizations that the event happened in, root first; `null` when that is not known.
   */
  subscribers(event: string, place: readonly string[] | null): readonly Subscriber[]
  /** Merges a patch into a bot or service by the rules of the platform. Rejects with 403 when its URL cannot be verified. */
  save(kind: 'bots' | 'services', before: Document, patch: Json): Promise<Document>
  /** Adds a service; one that cannot be verified is added as unverified. */
  add(service: Document): Promise<Document>
}

/** A secret as the platform generates them. */
export const newSecret = (): string => randomBytes(16).toString('base64')

/** Creates the rules for the webhooks of a store. */
export function createRegistrations(options: {
  readonly store: Store
  readonly place: PlaceName
  readonly verify: Verify
  readonly clock: Pick<PlatformClock, 'stamp'>
  /** Whether a webhook without a secret is given one. */
  readonly regenerateSecret: boolean
  /** Whether a changed URL that cannot be verified is refused, rather than saved as unverified. */
  readonly strictVerification: boolean
}): Registrations {
  const { store, place, verify, clock, regenerateSecret, strictVerification } = options
  const slotsOf = { bots: (bot: unknown) => slotsOfBot(place, bot), services: slotsOfService }
  const hooks = createHookList(store, slotsOf)

  async function save(kind: 'bots' | 'services', before: Document, patch: Json): Promise<Document> {
    let next: Document = { ...before, ...patch, id: before.id, updatedAt: clock.stamp() }
    const toVerify: Slot[] = []
    for (const slot of slotsOf[kind](next)) {
      const was = hookIn(before, slot)
      next = completed(next, slot, was, regenerateSecret)
      const hook = hookIn(next, slot)
      const moved = hook.url !== was.url
      const asked = getIn(patch, slot.status) === 'active'
      if (hook.url === null || (!moved && !asked)) continue
      if (moved && !strictVerification) {
        next = setIn(next, slot.status, 'unverified')
        toVerify.push(slot)
        continue
      }
      if (!(await verify(hook.url))) throw new ApiError(403, 'The callback URL could not be verified')
      next = setIn(next, slot.status, 'active')
    }
    store[kind].put(next)
    return verified(store[kind], next, toVerify)
  }

  // The challenge is sent after the URL was saved: until it is answered the webhook shows as unverified.
  async function verified(
    collection: Collection<Document>,
    saved: Document,
    slots: readonly Slot[],
  ): Promise<Document> {
    for (const slot of slots) {
      const { url } = hookIn(saved, slot)
      if (url === null || !(await verify(url))) continue
      const now = collection.get(saved.id)
      // Somebody else may have changed it meanwhile; what was verified is this URL and no other.
      if (now !== undefined && hookIn(now, slot).url === url) collection.put(setIn(now, slot.status, 'active'))
    }
    return collection.get(saved.id) ?? saved
  }

  return {
    subscribers: (event, place) =>
      hooks().flatMap(({ url, events, secret, status, organization }) => {
        const hears = organization === null || place === null || place.includes(organization)
        return url !== null && status === 'active' && hears && isSubscribed(events, event) ? [{ url, secret }] : []
      }),
    save,
    add: async (service) => {
      let added = service
      const slots = slotsOfService(service)
      for (const slot of slots) {
        const { url, secret } = hookIn(service, slot)
        if (url === null) throw new ApiError(400, 'params.url is required')
        added = setIn(added, slot.status, 'unverified')
        if (secret === null) added = setIn(added, slot.secret, newSecret())
      }
      store.services.add(added)
      return verified(store.services, added, slots)
    },
  }
}

// What a nested object lost by being replaced whole, as far as the platform owns it.
function completed(document: Document, slot: Slot, was: Hook, regenerateSecret: boolean): Document {
  const hook = hookIn(document, slot)
  if (hook.url === null) return document
  const withSecret = hook.secret === null && regenerateSecret ? setIn(document, slot.secret, newSecret()) : document
  return hook.status === null ? setIn(withSecret, slot.status, was.status ?? 'unverified') : withSecret
}
