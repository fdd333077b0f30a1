// Facts whose check changes something.
import { at, type Fact, type Ground, textAt, unless, unlessStatus } from './fact.ts'

const CARDS = 'developers.web1on1.chat/messaging/chatbubblesandcards'
const COMMANDS = 'developers.web1on1.chat/messaging/commands; chipchat docs/conversation.md'

async function post({ call, conversation }: Ground, body: unknown) {
  return call('POST', `/v2/conversations/${await conversation()}/messages`, body)
}

async function conversationAfter(ground: Ground, body: unknown): Promise<unknown> {
  await post(ground, body)
  return (await ground.call('GET', `/v2/conversations/${await ground.conversation()}`)).body
}

export const WRITING_FACTS: readonly Fact[] = [
  {
    area: 'access',
    says: 'a refresh that is refused is 403, in words that do not let the SDK refresh again',
    basis: 'inferred',
    source: 'the SDK would loop without end',
    writes: true,
    check: async ({ call, bot }) => {
      const grant = { clientId: `bot+${bot}@web1on1.chat`, refreshToken: 'none' }
      const answer = await call('POST', '/v2/auth/token', grant, null)
      const message = textAt(answer.body, 'error', 'message')
      return unlessStatus(answer, 403) ?? unless(!/jwt expired|invalid signature|invalid token/i.test(message), message)
    },
  },
  {
    area: 'messages',
    says: 'one message is answered with it, a list with a list, each 201',
    basis: 'sdk',
    source: 'chipchat lib/client.js',
    writes: true,
    check: async (ground) => {
      const [one, two] = [await post(ground, { text: 'one' }), await post(ground, [{ text: 'two' }, { text: 'three' }])]
      return (
        unlessStatus(one, 201) ??
        unlessStatus(two, 201) ??
        unless(textAt(one.body, 'text') === 'one' && textAt(two.body, 1, 'text') === 'three', JSON.stringify(two.body))
      )
    },
  },
  {
    area: 'messages',
    says: 'the role of a message that names none is that of its author: `bot` for a bot',
    basis: 'documented',
    source: CARDS,
    writes: true,
    check: async (ground) => {
      const { body } = await post(ground, { text: 'hi' })
      return unless(textAt(body, 'role') === 'bot', `role ${textAt(body, 'role')}`)
    },
  },
  {
    area: 'messages',
    says: "a message is its token's owner's, whatever its role",
    basis: 'documented',
    source: 'the API reference: "actions appear as if they were that user"',
    writes: true,
    check: async (ground) => {
      const { body } = await post(ground, { text: 'hi', role: 'agent' })
      return unless(textAt(body, 'user') === ground.bot, `user ${textAt(body, 'user')}`)
    },
  },
  {
    area: 'messages',
    says: 'every field is kept, `isBackchannel` and `contentType` among them',
    basis: 'documented',
    source: CARDS,
    writes: true,
    check: async (ground) => {
      const given = { text: '<b>hi</b>', role: 'agent', isBackchannel: true, contentType: 'text/html' }
      const { body } = await post(ground, given)
      return unless(
        at(body, 'isBackchannel') === true && textAt(body, 'contentType') === 'text/html',
        JSON.stringify(body).slice(0, 300),
      )
    },
  },
  {
    area: 'messages',
    says: 'a type that is not documented is 400',
    basis: 'inferred',
    writes: true,
    check: async (ground) => unlessStatus(await post(ground, { type: 'nonsense', text: 'hi' }), 400),
  },
  {
    area: 'messages',
    says: '`delay` lets it take effect later; the answer comes at once',
    basis: 'documented',
    source: 'developers.chatshipper.com/docs/messaging-outbound',
    writes: true,
    check: async (ground) => {
      const { body } = await post(ground, { text: 'later', delay: 60_000 })
      const id = textAt(body, 'id')
      return unlessStatus(await ground.call('GET', `/v2/messages/${id}`), 404)
    },
  },
  {
    area: 'conversations',
    says: 'whoever makes one is `participants[0]`, active',
    basis: 'sdk',
    source: 'chipchat docs/conversation.md',
    writes: true,
    check: async ({ call, bot, conversation }) => {
      const { body } = await call('GET', `/v2/conversations/${await conversation()}`)
      return unless(textAt(body, 'participants', 0, 'user') === bot, JSON.stringify(at(body, 'participants')))
    },
  },
  {
    area: 'conversations',
    says: '`/set key value` puts it into `meta`, `/set key` takes it out',
    basis: 'sdk',
    source: COMMANDS,
    writes: true,
    check: async (ground) => {
      const set = await conversationAfter(ground, { type: 'command', text: '/set contract yes it is' })
      const unset = await conversationAfter(ground, { type: 'command', text: '/set contract' })
      return (
        unless(textAt(set, 'meta', 'contract') === 'yes it is', JSON.stringify(at(set, 'meta'))) ??
        unless(at(unset, 'meta', 'contract') === undefined, JSON.stringify(at(unset, 'meta')))
      )
    },
  },
  {
    area: 'conversations',
    says: '`/set @category X` sets the property, and not `meta`',
    basis: 'sdk',
    source: 'chipchat lib/conversation.js',
    writes: true,
    check: async (ground) => {
      const body = await conversationAfter(ground, { type: 'command', text: '/set @category Contract' })
      return unless(textAt(body, 'category') === 'Contract', `category ${textAt(body, 'category')}`)
    },
  },
  {
    area: 'conversations',
    says: '`/accept` makes it `active`; when nobody is left who has accepted it, `/leave` closes it',
    basis: 'sdk',
    source: COMMANDS,
    writes: true,
    check: async (ground) => {
      const accepted = await conversationAfter(ground, { type: 'command', text: '/accept' })
      const left = await conversationAfter(ground, { type: 'command', text: '/leave' })
      const seen = `${textAt(accepted, 'status')}, then ${textAt(left, 'status')}`
      return unless(seen === 'active, then closed', seen)
    },
  },
  {
    area: 'documents',
    says: '`PATCH` merges at the top, and replaces what is nested whole',
    basis: 'documented',
    source: 'developers.web1on1.chat/apireference/apibasics',
    writes: true,
    check: async ({ call, conversation }) => {
      const path = `/v2/conversations/${await conversation()}`
      await call('PATCH', path, { meta: { a: 1, b: 2 } })
      const { body } = await call('PATCH', path, { meta: { a: 3 } })
      return unless(JSON.stringify(at(body, 'meta')) === '{"a":3}', JSON.stringify(at(body, 'meta')))
    },
  },
]
