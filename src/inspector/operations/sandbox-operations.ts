// The operations that only a sandbox has: whom one can speak as, what is said and done, what goes wrong on purpose.
import { ID, NAME, SINCE_FIELD, UNTIL_FIELD } from './fields.ts'
import { operation, optional, required } from './operation.ts'
import { CALL, CONVERSATION, CONVERSATION_ROW, MESSAGE, PERSON } from './sandbox-shapes.ts'
import { choice, flag, integer, list, number, object, text } from './shape.ts'

const TIMEOUT = integer(1, 600_000)

const CONVERSATION_FIELD = optional(ID, 'the id of the conversation; default: the latest of whoever acts')
const AS_FIELD = optional(NAME, 'the name of the contact or agent who acts; default: the first contact')
const TIMEOUT_FIELD = optional(TIMEOUT, 'how long to wait for the answer of the bot, in ms; default: not at all')

const ANSWER = object({ message: MESSAGE, answer: list(MESSAGE) })

/** They are a part of the table. */
export const SANDBOX_OPERATIONS = {
  people: operation({
    says: 'Lists the people that can be spoken as: contacts and agents',
    changes: false,
    where: 'sandbox',
    input: {},
    output: object({ people: list(PERSON) }),
  }),
  say: operation({
    says: 'Says something as a contact, or as an agent, and waits for the answer of the bot if a time is given',
    changes: true,
    where: 'sandbox',
    input: {
      text: required(text({ max: 100_000, empty: false }), 'what is said'),
      as: AS_FIELD,
      conversation: CONVERSATION_FIELD,
      timeout: TIMEOUT_FIELD,
    },
    output: ANSWER,
  }),
  press: operation({
    says: 'Presses a button that was offered, and waits for the answer of the bot if a time is given',
    changes: true,
    where: 'sandbox',
    input: {
      button: required(NAME, 'the text or the payload of the button'),
      as: AS_FIELD,
      conversation: CONVERSATION_FIELD,
      timeout: TIMEOUT_FIELD,
    },
    output: ANSWER,
  }),
  fill: operation({
    says: 'Fills in fields of an open form in a conversation, and sends the form if asked to',
    changes: true,
    where: 'sandbox',
    input: {
      values: optional(list(text({ max: 10_000, empty: false }), 100), 'what is filled in, each as `field=value`'),
      send: optional(flag, 'whether the form is sent then; default: no'),
      form: optional(NAME, 'the id or the name of the form; default: the one that was opened last'),
      as: AS_FIELD,
      conversation: CONVERSATION_FIELD,
    },
    output: object({ messages: list(MESSAGE) }),
  }),
  conversations: operation({
    says: 'Lists the conversations, the one with the newest message first',
    changes: false,
    where: 'sandbox',
    input: { limit: optional(integer(1, 1_000), 'how many at most; default: 100') },
    output: object({ conversations: list(CONVERSATION_ROW) }),
  }),
  conversation: operation({
    says: 'Shows a conversation: who takes part, its open forms, each message with who sees it, and why the contact does not',
    changes: false,
    where: 'sandbox',
    input: {
      id: CONVERSATION_FIELD,
      limit: optional(integer(1, 10_000), 'how many of the newest messages; default: 500'),
    },
    output: CONVERSATION,
  }),
  act: operation({
    says: 'Does what an agent does to a conversation: join, accept, assign, leave',
    changes: true,
    where: 'sandbox',
    input: {
      act: required(choice('join', 'accept', 'assign', 'leave'), 'what is done'),
      as: optional(NAME, 'the name of the agent; default: the first agent'),
      conversation: CONVERSATION_FIELD,
      to: optional(NAME, 'whom it is assigned to: the name of an agent, or `bot`; default: the bot'),
    },
    output: object({ message: MESSAGE }),
  }),
  newConversation: operation({
    says: 'Begins a conversation with a new contact',
    changes: true,
    where: 'sandbox',
    input: { name: optional(NAME, 'the name of the contact; default: one that nobody has') },
    output: object({ person: PERSON, conversation: CONVERSATION_ROW }),
  }),
  calls: operation({
    says: 'Lists the calls of the API by the bot, newest first, with bodies as long as those are kept',
    changes: false,
    where: 'sandbox',
    input: {
      conversation: optional(ID, 'the id of a conversation; default: of all'),
      since: SINCE_FIELD,
      until: UNTIL_FIELD,
      limit: optional(integer(1, 1_000), 'how many at most; default: 100'),
    },
    output: object({ calls: list(CALL) }),
  }),
  chaos: operation({
    says: 'Makes things go wrong from now on, as `--chaos` does, or stops that',
    changes: true,
    where: 'sandbox',
    input: {
      chaos: optional(
        text({ max: 1_000 }),
        'such as `delay=200ms,drop=0.1`; empty: nothing goes wrong; default: no change',
      ),
    },
    output: object({ chaos: text(), seed: number }),
  }),
  reset: operation({
    says: 'Forgets what was said and done since the start; the first contact, the bot and its webhook stay',
    changes: true,
    where: 'sandbox',
    input: {},
    output: object({ people: list(PERSON) }),
  }),
} as const
