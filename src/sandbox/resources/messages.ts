// The resource `messages`: posting to a conversation, listing and changing what was posted.

import type { FastifyInstance } from 'fastify'
import { asRecord, asText, type Json } from '../../core/json.ts'
import type { Conversation, Document, Message, Role } from '../../protocol/resources.ts'
import { buildMessage } from '../../protocol/templates.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'

import { newId } from '../store.ts'
import { afterCommand } from './chat-commands.ts'
import { bodyOf, mergePatch, type Resource } from './resource.ts'

const MANDATORY = ['id', 'organization', 'conversation', 'type', 'role', 'createdAt']

export const messages = (context: AppContext): Resource<Message> => ({
  name: 'messages',
  called: 'Message',
  mandatory: () => MANDATORY,
  ...context.store.messages,
  create: (body) => post(context, knownConversation(context, asText(body['conversation']) ?? ''), body),
  update: (before, patch) => context.store.messages.put(asMessage(mergePatch(before, patch))),
})

/** Serves `POST /v2/conversations/:id/messages`, one message or a list of them. */
export function servePosting(app: FastifyInstance, context: AppContext): void {
  app.post<{ Params: { id: string } }>('/v2/conversations/:id/messages', (request, reply) => {
    const conversation = knownConversation(context, request.params.id)
    const { body } = request
    const posted = Array.isArray(body)
      ? postAll(context, conversation, body)
      : post(context, conversation, bodyOf(request))
    return reply.code(201).send(posted)
  })
}

/** Posts bodies in order; none is posted when one of them is not an object. */
export function postAll(
  context: AppContext,
  conversation: Conversation,
  bodies: readonly unknown[],
): readonly Message[] {
  const objects = bodies.map(asRecord)
  return objects.map((body) => {
    if (body === null || objects.includes(null)) throw new ApiError(400, 'a list of JSON objects is required')
    return post(context, conversation, body)
  })
}

/** Posts one message, as the bot unless the body has another `role`; a command takes effect before it is announced. */
export function post(context: AppContext, { id }: Conversation, body: Json): Message {
  const { store, seeded } = context
  const conversation = knownConversation(context, id)
  const role = roleOf(body['role'])
  const message = asMessage({
    ...body,
    ...buildMessage({
      id: newId(),
      conversation,
      type: textOf(body, 'type', 'chat'),
      role,
      author: authorOf(context, conversation, role, body),
      text: textOf(body, 'text', ''),
      meta: asRecord(body['meta']) ?? {},
      time: new Date(),
    }),
  })
  if (message.type === 'command') {
    const after = afterCommand(conversation, message, seeded)
    if (after !== conversation) store.conversations.put({ ...after, updatedAt: new Date().toISOString() })
  }
  return store.messages.add(message)
}

function authorOf({ seeded }: AppContext, conversation: Conversation, role: Role, body: Json): string {
  if (role === 'contact') return asText(conversation['contact']) ?? seeded.agent.id
  return asText(body['user']) ?? (role === 'bot' ? seeded.bot.id : seeded.agent.id)
}

/** The conversation with this id. Throws 404 when there is none. */
function knownConversation({ store }: AppContext, id: string): Conversation {
  const conversation = store.conversations.get(id)
  if (conversation === undefined) throw new ApiError(404, 'Conversation not found')
  return conversation
}

function roleOf(role: unknown): Role {
  if (role === undefined) return 'bot'
  if (role === 'contact' || role === 'agent' || role === 'bot') return role
  throw new ApiError(400, 'role must be contact, agent or bot')
}

function textOf(body: Json, field: string, otherwise: string): string {
  const value = body[field] ?? otherwise
  if (typeof value !== 'string') throw new ApiError(400, `${field} must be a text`)
  return value
}

/** The document as a message. Throws 400 when a change made it something else. */
function asMessage(document: Document): Message {
  const { organization, conversation, type, text } = document
  if (typeof organization !== 'string' || typeof conversation !== 'string') throw new ApiError(400, 'not a message')
  if (typeof type !== 'string' || typeof text !== 'string') throw new ApiError(400, 'type and text must be texts')
  const meta = asRecord(document['meta'])
  if (meta === null) throw new ApiError(400, 'meta must be an object')
  return { ...document, organization, conversation, type, text, meta, role: roleOf(document['role']) }
}
