// The resource `messages`: what is said in conversations, and how it is posted there.

import type { FastifyInstance } from 'fastify'
import { asRecord, asText, type Json } from '../../core/json.ts'
import type { Conversation, Document, Message, Role } from '../../protocol/resources.ts'
import { buildMessage } from '../../protocol/templates.ts'
import { ApiError } from '../api-error.ts'
import type { World } from '../app-context.ts'

import { newId } from '../store.ts'
import { afterCommand } from './chat-commands.ts'
import { bodyOf, merged, type Resource } from './resource.ts'

const MANDATORY = ['id', 'organization', 'conversation', 'type', 'role', 'createdAt']

export const messages = (world: World): Resource<Message> => ({
  name: 'messages',
  called: 'Message',
  mandatory: () => MANDATORY,
  ...world.store.messages,
  create: (body) => post(world, knownConversation(world, asText(body['conversation']) ?? ''), body),
  update: (before, patch) => world.store.messages.put(asMessage(merged(before, patch))),
})

/** Serves `POST /v2/conversations/:id/messages`, one message or a list of them. */
export function servePosting(app: FastifyInstance, world: World): void {
  app.post<{ Params: { id: string } }>('/v2/conversations/:id/messages', (request, reply) => {
    const conversation = knownConversation(world, request.params.id)
    const { body } = request
    const posted = Array.isArray(body) ? postAll(world, conversation, body) : post(world, conversation, bodyOf(request))
    return reply.code(201).send(posted)
  })
}

/** Posts bodies in order; none is posted when one of them is no object. */
export function postAll(world: World, conversation: Conversation, bodies: readonly unknown[]): readonly Message[] {
  const objects = bodies.map(asRecord)
  return objects.map((body) => {
    if (body === null || objects.includes(null)) throw new ApiError(400, 'a list of JSON objects is required')
    return post(world, conversation, body)
  })
}

/** Posts one message, as the bot unless the body has another `role`; a command takes effect before it is announced. */
export function post(world: World, { id }: Conversation, body: Json): Message {
  const { store, residents } = world
  const conversation = knownConversation(world, id)
  const role = roleOf(body['role'])
  const message = asMessage({
    ...body,
    ...buildMessage({
      id: newId(),
      conversation,
      type: textOf(body, 'type', 'chat'),
      role,
      author: authorOf(world, conversation, role, body),
      text: textOf(body, 'text', ''),
      meta: asRecord(body['meta']) ?? {},
      time: new Date(),
    }),
  })
  if (message.type === 'command') {
    const after = afterCommand(conversation, message, residents)
    if (after !== conversation) store.conversations.put({ ...after, updatedAt: new Date().toISOString() })
  }
  return store.messages.add(message)
}

function authorOf({ residents }: World, conversation: Conversation, role: Role, body: Json): string {
  if (role === 'contact') return asText(conversation['contact']) ?? residents.agent.id
  return asText(body['user']) ?? (role === 'bot' ? residents.bot.id : residents.agent.id)
}

/** The conversation of that id, or 404. */
function knownConversation({ store }: World, id: string): Conversation {
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

/** A document as a message, or 400 when a change made it something else. */
function asMessage(document: Document): Message {
  const { organization, conversation, type, text } = document
  if (typeof organization !== 'string' || typeof conversation !== 'string') throw new ApiError(400, 'not a message')
  if (typeof type !== 'string' || typeof text !== 'string') throw new ApiError(400, 'type and text must be texts')
  const meta = asRecord(document['meta'])
  if (meta === null) throw new ApiError(400, 'meta must be an object')
  return { ...document, organization, conversation, type, text, meta, role: roleOf(document['role']) }
}
