// The resource `messages`: posting to a conversation, listing and changing what was posted.

import { asText, type Json } from '../../core/json.ts'
import { isId } from '../../protocol/ids.ts'
import type { Conversation, Message } from '../../protocol/resources.ts'
import { callerOf, requirePermission } from '../access/access.ts'
import { isInRealm } from '../access/realm.ts'
import type { Caller } from '../access/tokens.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'
import { asMessage } from '../chat/draft.ts'
import { post, postAll } from '../chat/posting.ts'
import type { ApiApp } from '../http/app.ts'
import { bodyOf, mergePatch, type Resource } from './resource.ts'

const NAMES = { name: 'messages', called: 'Message' } as const
const MANDATORY = ['id', 'organization', 'conversation', 'type', 'role', 'createdAt']

export const messages = (context: AppContext): Resource<Message> => ({
  ...NAMES,
  mandatory: () => MANDATORY,
  ...context.store.messages,
  // By far the most frequent question: it must not look at every message there is.
  all: (filters) => {
    const conversation = filters.find(({ path }) => path === 'conversation')?.wanted
    return conversation !== undefined && isId(conversation)
      ? context.store.messages.of(conversation)
      : context.store.messages.all()
  },
  create: (body, caller) =>
    post(context, caller, knownConversation(context, caller, asText(body['conversation']) ?? ''), body),
  update: (before, patch, { user }) => context.store.messages.put(asMessage(mergePatch(context, before, patch)), user),
  replace: (before, body, { user }) => context.store.messages.put(asMessage(replaced(context, before, body)), user),
})

/** What stays of a message that is replaced: whose it is, where it was said, and when. */
function replaced({ clock }: AppContext, before: Message, body: Json): Message {
  const { id, organization, orgPath, conversation, user, createdBy, createdAt, role, type, slug, url, path } = before
  const kept = { organization, orgPath, conversation, user, createdBy, createdAt, slug, url, path }
  const { isBackchannel, text, meta } = { ...before, isBackchannel: false, text: '', meta: {} }
  return asMessage({
    ...before,
    actions: [],
    items: [],
    results: [],
    role,
    type,
    isBackchannel,
    text,
    meta,
    ...body,
    ...kept,
    id,
    updatedAt: clock.stamp(),
  })
}

/** Serves `POST /v2/conversations/:id/messages`, one message or a list of them. */
export function servePosting(app: ApiApp, context: AppContext): void {
  app.on('POST', '/v2/conversations/:id/messages', (request, reply) => {
    const caller = callerOf(request, context.tokens)
    requirePermission(context.store, caller, 'create', NAMES)
    const conversation = knownConversation(context, caller, request.params['id'] ?? '')
    const { body } = request
    const posted = Array.isArray(body)
      ? postAll(context, caller, conversation, body)
      : post(context, caller, conversation, bodyOf(request))
    return reply.code(201).send(posted)
  })
}

/** The conversation with this id. Throws 404 when there is none that the caller gets to see. */
function knownConversation({ store }: AppContext, caller: Caller, id: string): Conversation {
  const conversation = store.conversations.get(id)
  if (conversation === undefined || !isInRealm(store, caller, 'conversations', conversation)) {
    throw new ApiError(404, 'Conversation not found')
  }
  return conversation
}
