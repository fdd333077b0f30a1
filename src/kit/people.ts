// Contacts, agents and conversations, as tests speak as them and look at them.
import { DevHookError } from '../core/errors.ts'
import { isRecord } from '../core/json.ts'
import type { Message as MessageDocument, Participant } from '../protocol/resources.ts'
import type { AgentVoice, Agent as PlatformAgent } from '../sandbox/chat/agent.ts'
import type { Contact as PlatformContact } from '../sandbox/chat/contact.ts'
import { toMs } from './duration.ts'
import { belongsTo, explaining, explainingNow, type Kit, messageFields, objectIn, waitOf } from './kit.ts'
import type { Agent, Contact, Conversation, Message, Patience, StoredDocument, Where } from './types/types.ts'
import { viewsOf } from './views.ts'

/** Messages of one conversation as tests see them. */
export function views(kit: Kit, messages: readonly MessageDocument[]): readonly Message[] {
  const [first] = messages
  if (first === undefined) return []
  return viewsOf(messages, kit.platform.messagesOf(first.conversation), kit.platform.botId)
}

function view(kit: Kit, message: MessageDocument | undefined): Message {
  const [only] = message === undefined ? [] : views(kit, [message])
  if (only === undefined) throw new DevHookError('unexpected', 'waited for one message and got none')
  return only
}

/** A contact of the platform for a test. */
export function createContact(kit: Kit, contact: PlatformContact): Contact {
  const { id, name, conversation } = contact
  const answered = (patience: Patience, act: () => void): Promise<Message> =>
    explaining(kit, conversation, async () => {
      act()
      const [reply] = await contact.replies(1, waitOf(kit, patience))
      return view(kit, reply)
    })
  return belongsTo(kit, {
    id,
    name,
    conversation: createConversation(kit, conversation),
    get messages() {
      return views(kit, contact.seen)
    },
    say: (text, more = {}) => answered(more, () => contact.send(text, messageFields(more))),
    press: (button, patience = {}) => answered(patience, () => contact.press(button)),
    fill: (form, values, patience = {}) => answered(patience, () => contact.fill(form, values)),
    send: (text, more = {}) =>
      explainingNow(kit, conversation, () => view(kit, contact.send(text, messageFields(more)))),
    replies: (n, patience = {}) =>
      explaining(kit, conversation, async () => views(kit, await contact.replies(n, waitOf(kit, patience)))),
    silence: (quiet) =>
      explaining(kit, conversation, () =>
        contact.silence({ ...waitOf(kit, {}), ...(quiet !== undefined && { quietMs: toMs(quiet, 'quiet') }) }),
      ),
    transcript: (options = {}) => kit.recorder.transcript(options, conversation),
  })
}

const idOf = (where: Where): string => ('conversation' in where ? where.conversation.id : where.id)

/** Somebody of the team for a test. */
export function createAgent(kit: Kit, agent: PlatformAgent): Agent {
  const voiceIn = (where: Where): AgentVoice => agent.in(idOf(where))

  const answered = (where: Where, patience: Patience, act: (voice: AgentVoice) => void): Promise<Message> =>
    explaining(kit, idOf(where), async () => {
      const voice = voiceIn(where)
      act(voice)
      const [reply] = await voice.replies(1, waitOf(kit, patience))
      return view(kit, reply)
    })

  const heard = (where: Where, act: (voice: AgentVoice) => MessageDocument): Promise<void> =>
    explaining(kit, idOf(where), async () => {
      const voice = voiceIn(where)
      await voice.heard(act(voice), waitOf(kit, {}))
    })

  const done = (where: Where, act: (voice: AgentVoice) => MessageDocument): Message =>
    explainingNow(kit, idOf(where), () => view(kit, act(voiceIn(where))))

  return belongsTo(kit, {
    id: agent.id,
    name: agent.name,
    say: (where, text, more = {}) => answered(where, more, (voice) => voice.send(text, messageFields(more))),
    send: (where, text, more = {}) => done(where, (voice) => voice.send(text, messageFields(more))),
    press: (where, button, patience = {}) => answered(where, patience, (voice) => voice.press(button)),
    mention: (where, text, patience = {}) => answered(where, patience, (voice) => voice.mention(text)),
    command: (where, text, meta = {}) => done(where, (voice) => voice.command(text, meta)),
    assign: (where, to = 'bot') => heard(where, (voice) => voice.assign(to === 'bot' ? kit.platform.botId : to.id)),
    join: (where) => heard(where, (voice) => voice.join()),
    accept: (where) => heard(where, (voice) => voice.accept()),
    leave: (where) => heard(where, (voice) => voice.leave()),
  })
}

/** A conversation of the platform for a test. */
export function createConversation(kit: Kit, id: string): Conversation {
  const document = (): StoredDocument => {
    const known = kit.platform.data('conversations').get(id)
    if (known !== null) return known
    throw new DevHookError('usage', 'the conversation no longer exists', {
      remedy: 'make new people after `reset()`, which forgets them',
    })
  }
  return belongsTo(kit, {
    id,
    get status() {
      const status = document()['status']
      return status === 'queued' || status === 'closed' ? status : 'active'
    },
    get meta() {
      return objectIn(document(), 'meta')
    },
    get participants() {
      const participants = document()['participants']
      return Array.isArray(participants) ? participants.filter(isParticipant) : []
    },
    get messages() {
      return views(kit, kit.platform.messagesOf(id))
    },
    get document() {
      return document()
    },
    post: (given) =>
      explainingNow(kit, id, () => {
        const bodies = Array.isArray(given) ? given : [given]
        return views(
          kit,
          bodies.map((body) => kit.platform.post(id, body)),
        )
      }),
    transcript: (options = {}) => kit.recorder.transcript(options, id),
  })
}

const isParticipant = (value: unknown): value is Participant => isRecord(value) && typeof value['user'] === 'string'
