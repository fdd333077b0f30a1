// The realm of a token: the organization it belongs to and those below it; of a contact's, what is their own.
// Source: developers.web1on1.chat/webhooks/subscribing, for organizations and their sub-organizations.
import { asText, type Json } from '../../core/json.ts'
import type { Document } from '../../protocol/resources.ts'
import { ApiError } from '../api-error.ts'
import type { ResourceName, Store } from '../store.ts'
import { isGuest } from './permissions.ts'
import type { Caller } from './tokens.ts'

/** The path of an organization from its root, ids joined by `#`; `null` for one that is not known. */
export const orgPathOf = (store: Store, organization: string): string | null =>
  asText(store.organizations.get(organization)?.['orgPath'])

/** The ids of the organizations in a document's path, root first; `null` when its place is not known. */
export function placeOf(store: Store, document: Document): readonly string[] | null {
  const path = asText(document['orgPath']) ?? orgPathOf(store, asText(document['organization']) ?? '')
  return path?.split('#') ?? null
}

/** Whether a document lies in the realm of an organization. What has no known place lies in every realm. */
export function isBelow(store: Store, organization: string, document: Document): boolean {
  return placeOf(store, document)?.includes(organization) ?? true
}

/** Whether a document is the caller's own: themselves, or a conversation that they are the contact of, or what was said there. */
export function isOwn(store: Store, { user }: Caller, resource: ResourceName, document: Document): boolean {
  if (resource === 'conversations') return document['contact'] === user
  if (resource === 'messages')
    return store.conversations.get(asText(document['conversation']) ?? '')?.['contact'] === user
  return document.id === user || document['createdBy'] === user
}

/** Whether the caller gets to see a document at all. */
export function isInRealm(store: Store, caller: Caller, resource: ResourceName, document: Document): boolean {
  if (isGuest(caller)) return isOwn(store, caller, resource, document)
  return isBelow(store, caller.organization, document)
}

/** The place of a new document: the organization that its body names, else the caller's. Throws 400 or 403 for one out of reach. */
export function placeFor(store: Store, caller: Caller, body: Json): { organization: string; orgPath: string } {
  const organization = asText(body['organization']) ?? caller.organization
  const orgPath = orgPathOf(store, organization)
  if (orgPath === null) throw new ApiError(400, 'Organization not found')
  if (!orgPath.split('#').includes(caller.organization)) {
    throw new ApiError(403, 'Permission denied: the organization is not below that of the token')
  }
  return { organization, orgPath }
}
