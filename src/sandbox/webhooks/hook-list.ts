// Every webhook there is, read again only after a bot or service has changed: it is asked for at every event.
import { asText } from '../../core/json.ts'
import type { Store } from '../store.ts'
import { type Hook, hookIn, type Slot } from './locations.ts'

/** A webhook, and the organization whose it is; `null` when that is not known. */
interface PlacedHook extends Hook {
  readonly organization: string | null
}

/** Creates the list; `slotsOf`: where a bot or service holds its webhooks. */
export function createHookList(
  store: Store,
  slotsOf: Readonly<Record<'bots' | 'services', (document: unknown) => readonly Slot[]>>,
): () => readonly PlacedHook[] {
  let known: readonly PlacedHook[] = []
  let knownAt = ''
  return () => {
    const at = `${store.bots.changes()} ${store.services.changes()}`
    if (at === knownAt) return known
    knownAt = at
    known = (['bots', 'services'] as const).flatMap((kind) =>
      store[kind].all().flatMap((document) => {
        const organization = asText(document['organization'])
        return slotsOf[kind](document).map((slot) => ({ ...hookIn(document, slot), organization }))
      }),
    )
    return known
  }
}
