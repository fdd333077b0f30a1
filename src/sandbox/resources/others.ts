// The resources without rules of their own, and users, contacts and organizations, which have few.
import type { Json } from '../../core/json.ts'
import { newId } from '../../protocol/ids.ts'
import type { Document } from '../../protocol/resources.ts'
import { asGuest } from '../access/auth.ts'
import type { Caller } from '../access/tokens.ts'
import type { AppContext } from '../app-context.ts'
import type { PlainName } from '../store.ts'
import { addContact } from './conversations.ts'
import { mergePatch, newDocument, type Resource } from './resource.ts'

/** The resources that are nothing but documents, and each in the singular, for `… not found`. */
const PLAIN = [
  ['botinstances', 'Bot instance'],
  ['channels', 'Channel'],
  ['orggroups', 'Organization group'],
  ['partners', 'Partner'],
  ['forms', 'Form'],
  ['workflows', 'Workflow'],
  ['metrics', 'Metric'],
  ['points', 'Point'],
  ['kbases', 'Knowledge base'],
  ['kbitems', 'Knowledge base item'],
  ['articles', 'Article'],
  ['files', 'File'],
  ['locations', 'Location'],
  ['watemplates', 'WhatsApp template'],
] as const satisfies readonly (readonly [PlainName, string])[]

/** A resource whose documents are made and changed at once. */
interface PlainResource extends Resource<Document> {
  readonly name: PlainName
  readonly create: (body: Json, caller: Caller) => Document
  readonly update: (before: Document, patch: Json, caller: Caller) => Document
}

/** Every resource but conversations, messages and those that hold webhooks. */
export const plainResources = (context: AppContext): readonly PlainResource[] => [
  ...PLAIN.map(([name, called]) => plain(context, name, called)),
  organizations(context),
  users(context),
  { ...plain(context, 'contacts', 'Contact'), create: (body, caller) => addContact(context, caller, body) },
]

function plain(context: AppContext, name: PlainName, called: string): PlainResource {
  const collection = context.store[name]
  return {
    name,
    called,
    ...collection,
    create: (body, caller) => collection.add(newDocument(context, caller, body), caller.user),
    update: (before, patch, { user }) => collection.put(mergePatch(context, before, patch), user),
  }
}

/** A contact is a user too, of the role guest: it is whom their messages are from. */
function users(context: AppContext): PlainResource {
  const { users: known, contacts } = context.store
  const guest = (id: string): Document | undefined => {
    const contact = contacts.get(id)
    return contact === undefined ? undefined : asGuest(contact)
  }
  return { ...plain(context, 'users', 'User'), get: (id) => known.get(id) ?? guest(id) }
}

/** An organization lies below the one that it is created in. */
function organizations(context: AppContext): PlainResource {
  const collection = context.store.organizations
  return {
    ...plain(context, 'organizations', 'Organization'),
    create: (body: Json, caller) => {
      const parent = newDocument(context, caller, body)
      const id = newId()
      const own = {
        id,
        displayName: body['displayName'] ?? body['name'],
        orgPath: `${String(parent['orgPath'])}#${id}`,
      }
      return collection.add({ categories: [], commands: [], tags: [], ...parent, ...own }, caller.user)
    },
  }
}
