// The bot's webhook as the admin pages show and change it, past the API.
import type { Json } from '../../core/json.ts'
import type { Document } from '../../protocol/resources.ts'
import type { AppContext } from '../app-context.ts'

import { newDocument } from '../resources/resource.ts'
import { adminOf } from '../seed.ts'
import { type HookFields, hookIn, isList, ownSlot, type PlaceName, rawIn, UNREGISTERED, withHook } from './locations.ts'

/** The bot's webhook, read and changed as in the admin pages. */
export interface AdminView {
  /** The webhook's nested object, or its service document, as the platform has it; `null` when there is none. */
  raw(): Json | null
  secret(): string | null
  /** Changes some of its fields, or removes it with `null`; a changed URL is verified like any other. */
  change(fields: Partial<HookFields> | null): Promise<void>
}

/** Creates the admin view of the bot's webhook, at the place that is in use. */
export function createAdminView(context: AppContext, place: PlaceName): AdminView {
  const { store, seeded, registrations } = context
  const slot = ownSlot(place)
  const kind = place === 'service' ? 'services' : 'bots'
  const holder = (): Document | null =>
    store[kind].all().find((document) => (document['bot'] ?? document.id) === seeded.bot.id) ?? null

  async function remove(document: Document): Promise<void> {
    if (place === 'service') store.services.remove(document.id)
    else if (isList(place)) store.bots.put({ ...document, [place]: [] })
    else store.bots.put(withHook({ ...document, [String(slot.at[0])]: {} }, slot, UNREGISTERED))
  }

  return {
    raw: () => {
      const document = holder()
      if (document === null || kind === 'services') return document
      return rawIn(document, slot)
    },
    secret: () => hookIn(holder(), slot).secret,
    change: async (fields) => {
      const document = holder()
      if (fields === null) {
        if (document !== null) await remove(document)
      } else if (document === null) {
        const service = newDocument(context, adminOf(seeded), {
          name: `${seeded.bot.name} webhook`,
          type: 'webhook',
          bot: seeded.bot.id,
        })
        await registrations.add(withHook(service, slot, fields))
      } else if (fields.url === undefined && fields.status !== 'active') {
        store[kind].put(withHook(document, slot, fields))
      } else {
        await registrations.save(kind, document, withHook(document, slot, fields))
      }
    },
  }
}
