// What does the work of the operations that only a sandbox has.
import { DevHookError } from '../../core/errors.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import type { Handlers, InputOf, OutputOf, SandboxOperation } from '../../inspector/operations/table.ts'
import type { Conversation, Message } from '../../protocol/resources.ts'
import type { ApiCall } from '../../sandbox/call-log.ts'
import { parseChaos, showChaos } from '../../sandbox/chaos/chaos-words.ts'
import type { Somebody } from '../../sandbox/chat/everybody.ts'
import type { Voice } from '../../sandbox/chat/voice.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { findActing, perform } from './acting.ts'
import { callJson, conversationJson, messageJson } from './message-json.ts'
import { fieldMessage, findForm, type OpenForm, openForms, resultsMessage } from './open-forms.ts'
import { findConversation, findSomebody, latestConversations } from './who-and-where.ts'

/** Creates the handlers of a sandbox. */
export function createSandboxHandlers(sandbox: Sandbox): Handlers<SandboxOperation> {
  const shown = (message: Message): OutputOf<'act'>['message'] => messageJson(sandbox, message)
  const row = (conversation: Conversation) => conversationJson(sandbox, conversation)

  /** Waits for the first contact, who comes when the run is ready. */
  const someoneIsThere = (signal: AbortSignal): Promise<true> =>
    sandbox.until(() => (sandbox.everybody.list().some(({ role }) => role === 'contact') ? true : null), { signal })

  async function answered(
    { as, conversation, timeout: timeoutMs }: Pick<InputOf<'say'>, 'as' | 'conversation' | 'timeout'>,
    act: (voice: Voice) => Message,
    signal: AbortSignal,
  ): Promise<OutputOf<'say'>> {
    await someoneIsThere(signal)
    const { message, answer } = await perform(sandbox, findActing(sandbox, as, conversation), act, {
      timeoutMs,
      signal,
    })
    return { message: shown(message), answer: answer.map(shown) }
  }

  return {
    people: async () => ({ people: sandbox.everybody.list() }),
    say: (input, signal) => answered(input, (voice) => voice.send(input.text), signal),
    press: (input, signal) => answered(input, (voice) => voice.press(input.button), signal),
    fill: async (input) => ({ messages: fillIn(sandbox, input).map(shown) }),
    conversations: async ({ limit }) => ({
      conversations: latestConversations(sandbox)
        .slice(0, limit ?? 100)
        .map(row),
    }),
    conversation: async ({ id, limit }) => {
      const conversation = findConversation(sandbox, id)
      const messages = sandbox.messagesOf(conversation.id).slice(-(limit ?? 500))
      return {
        conversation: row(conversation),
        participants: conversation.participants.map(({ organization: _own, ...participant }) => participant),
        forms: openForms(sandbox, conversation.id),
        messages: messages.map(shown),
      }
    },
    act: async ({ act, as, conversation, to }) => {
      const { voice } = findActing(sandbox, as, conversation, 'agent')
      const users = act === 'assign' ? { meta: { users: [userOf(sandbox, to)] } } : {}
      return { message: shown(voice.post({ type: 'command', text: `/${act}`, ...users })) }
    },
    newConversation: async ({ name }) => {
      const contact = await sandbox.contact({ name: name ?? nextName(sandbox) })
      const person: Somebody = {
        id: contact.id,
        name: contact.name,
        role: 'contact',
        conversation: contact.conversation,
      }
      return { person, conversation: row(findConversation(sandbox, contact.conversation)) }
    },
    calls: async (input) => ({ calls: callsIn(sandbox, input).map(callJson) }),
    reset: async () => {
      sandbox.reset()
      return { people: sandbox.everybody.list() }
    },
    chaos: async ({ chaos }) => {
      if (chaos !== null) sandbox.chaos.set(chaos.trim() === '' ? null : parseChaos(chaos))
      const current = sandbox.chaos.current()
      return { chaos: current === null ? '' : showChaos(current), seed: sandbox.chaos.seed }
    },
  }
}

/** The calls of the bot, newest first. */
function callsIn(sandbox: Sandbox, { conversation, since, until, limit }: InputOf<'calls'>): readonly ApiCall[] {
  const [from, to] = [Date.parse(since ?? ''), Date.parse(until ?? '')]
  const wanted = sandbox.calls.filter(
    ({ by, at, ...call }) =>
      by === sandbox.botId &&
      (conversation === null || call.conversation === conversation) &&
      // Without a time there is no number, and nothing is less or more than that.
      !(at < from || at > to),
  )
  return wanted.slice(-(limit ?? 100)).reverse()
}

/** Fills in fields of a form, then sends it if that is wished. Throws `noButton` for a form or a field that is not there. */
function fillIn(sandbox: Sandbox, { values, send, form, as, conversation }: InputOf<'fill'>): readonly Message[] {
  const { voice } = findActing(sandbox, as, conversation)
  const open = (): OpenForm => findForm(openForms(sandbox, voice.conversation), form)
  const before = open()
  const given = (values ?? []).map((value) => splitValue(value, before))
  const filled = given.map(([key, value]) => voice.post(fieldMessage(open(), key, value)))
  return send === true ? [...filled, voice.post(resultsMessage(open()))] : filled
}

function splitValue(given: string, { name, fields }: OpenForm): readonly [key: string, value: string] {
  const at = given.indexOf('=')
  const key = at === -1 ? given : given.slice(0, at)
  if (at !== -1 && fields.some((field) => field.key === key)) return [key, given.slice(at + 1)]
  const keys = fields.map((field) => oneLine(field.key)).join(', ')
  throw new DevHookError('noButton', `\`${oneLine(key)}\` is not a field of ${oneLine(name)}: its fields are ${keys}`, {
    remedy: 'give each value as `field=value`',
  })
}

/** The user that a conversation is assigned to: the bot, or an agent by their name. */
const userOf = (sandbox: Sandbox, to: string | null): string =>
  to === null || to.toLowerCase() === 'bot' ? sandbox.botId : findSomebody(sandbox, to, 'agent').id

/** `Contact 2`, or the next that nobody is called. */
function nextName(sandbox: Sandbox): string {
  const names = new Set(sandbox.everybody.list().map(({ name }) => name))
  const contacts = sandbox.everybody.list().filter(({ role }) => role === 'contact').length
  let n = contacts + 1
  while (names.has(`Contact ${n}`)) n += 1
  return `Contact ${n}`
}
