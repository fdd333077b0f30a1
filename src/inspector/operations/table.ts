// The table of operations: all that may be asked of a run, by its page, by other commands, and by programs.
import { MAX_BODY_BYTES } from '../../core/limits.ts'
import { DELIVERY, DELIVERY_ROW, HOLDING, INJECTED, REPLAYED, STATUS, TEMPLATE, TRIGGERED } from './delivery-shapes.ts'
import { type Given, operation, optional, type Read, required } from './operation.ts'
import { CALL, CONVERSATION, CONVERSATION_ROW, MESSAGE, PERSON } from './sandbox-shapes.ts'
import { choice, flag, integer, list, number, type Of, object, orNull, text } from './shape.ts'

const NAME = text({ max: 200, empty: false })
const ID = text({ max: 200, empty: false })
const BODY = text({ max: MAX_BODY_BYTES })
const TIMEOUT = integer(1, 600_000)

const CONVERSATION_FIELD = optional(ID, 'the id of the conversation; without it: the latest of whoever acts')
const AS_FIELD = optional(NAME, 'the name of the contact or agent who acts; without it: the first contact')
const TIMEOUT_FIELD = optional(TIMEOUT, 'how long to wait for the answer of the bot, in ms; without it: not at all')

const ANSWER = object({ message: MESSAGE, answer: list(MESSAGE) })

/** Every operation there is, by its name. */
export const OPERATIONS = {
  status: operation({
    says: 'Tells what the run is doing: public URL, bot, webhook, what is held, totals',
    changes: false,
    where: 'any run',
    input: {},
    output: STATUS,
  }),
  deliveries: operation({
    says: 'Lists recorded deliveries, newest first',
    changes: false,
    where: 'any run',
    input: {
      q: optional(text({ max: 2_000 }), 'a filter, as for `dev-hook events -q`; without it: all'),
      limit: optional(integer(1, 1_000), 'how many at most; without it: 100'),
      cursor: optional(ID, 'where to go on: `next` of the answer before'),
    },
    output: object({ deliveries: list(DELIVERY_ROW), next: orNull(text()) }),
  }),
  delivery: operation({
    says: 'Shows one delivery whole: body, headers, what its signature says, each attempt with the answer of the bot',
    changes: false,
    where: 'any run',
    input: { id: required(ID, 'its id, or the beginning or the end of it') },
    output: DELIVERY,
  }),
  replay: operation({
    says: 'Forwards a recorded delivery to the bot again, edited if a body is given, and waits for the answer',
    changes: true,
    where: 'any run',
    input: { id: required(ID, 'the id of the delivery'), body: optional(BODY, 'another body, which is signed again') },
    output: REPLAYED,
  }),
  replayConversation: operation({
    says: 'Forwards what a conversation has brought again, in order, each once the one before is answered',
    changes: true,
    where: 'any run',
    input: {
      conversation: required(ID, 'the id of the conversation'),
      from: optional(ID, 'the id of the delivery to begin with; without it: the first'),
    },
    output: object({ replayed: list(REPLAYED) }),
  }),
  inject: operation({
    says: 'Takes a body as if the platform had sent it: it is signed, recorded and delivered',
    changes: true,
    where: 'any run',
    input: { body: required(BODY, 'the body, as JSON text') },
    output: INJECTED,
  }),
  trigger: operation({
    says: 'Makes an event as the platform would, from a template or a body, and delivers it to the bot',
    changes: true,
    where: 'any run',
    input: {
      event: optional(NAME, 'the name of a template or an event; see `templates`'),
      text: optional(text({ max: 100_000 }), 'what its message says; without it: what the template says'),
      set: optional(list(text({ max: MAX_BODY_BYTES }), 1_000), 'values in it, each as `path=value`, in order'),
      conversation: optional(ID, 'the id of a recorded conversation, or a part of it; without it: one that is made up'),
      deliveryId: optional(ID, 'the id of the delivery; `none`: without one; `own`: that of the body'),
      body: optional(BODY, 'an event of your own, as JSON text, in place of a template'),
    },
    output: TRIGGERED,
  }),
  templates: operation({
    says: 'Lists the events that `trigger` makes',
    changes: false,
    where: 'any run',
    input: {},
    output: object({ templates: list(TEMPLATE) }),
  }),
  hold: operation({
    says: 'Holds every delivery until `release`',
    changes: true,
    where: 'any run',
    input: {},
    output: HOLDING,
  }),
  release: operation({
    says: 'Lets go what `hold` holds, as soon as the bot is ready',
    changes: true,
    where: 'any run',
    input: {},
    output: HOLDING,
  }),
  restart: operation({
    says: 'Restarts the bot, where dev-hook has started it',
    changes: true,
    where: 'any run',
    input: {},
    output: object({ restarting: flag }),
  }),
  export: operation({
    says: 'Writes a recorded delivery in a form for other tools, without secrets',
    changes: false,
    where: 'any run',
    input: {
      id: required(ID, 'the id of the delivery'),
      as: required(choice('curl', 'http', 'fixture'), 'the form'),
    },
    output: object({ text: text() }),
  }),
  people: operation({
    says: 'Lists whom one can speak as: contacts and agents',
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
  conversations: operation({
    says: 'Lists the conversations, the one with the newest message first',
    changes: false,
    where: 'sandbox',
    input: { limit: optional(integer(1, 1_000), 'how many at most; without it: 100') },
    output: object({ conversations: list(CONVERSATION_ROW) }),
  }),
  conversation: operation({
    says: 'Shows a conversation: who takes part, and each message with who sees it, and why the contact does not',
    changes: false,
    where: 'sandbox',
    input: {
      id: CONVERSATION_FIELD,
      limit: optional(integer(1, 10_000), 'how many of the newest messages; without it: 500'),
    },
    output: CONVERSATION,
  }),
  act: operation({
    says: 'Does what an agent does to a conversation: join, accept, assign, leave',
    changes: true,
    where: 'sandbox',
    input: {
      act: required(choice('join', 'accept', 'assign', 'leave'), 'what is done'),
      as: optional(NAME, 'the name of the agent; without it: the first agent'),
      conversation: CONVERSATION_FIELD,
      to: optional(NAME, 'whom it is assigned to: the name of an agent, or `bot`; without it: the bot'),
    },
    output: object({ message: MESSAGE }),
  }),
  newConversation: operation({
    says: 'Begins a conversation with a new contact',
    changes: true,
    where: 'sandbox',
    input: { name: optional(NAME, 'the name of the contact; without it: one that nobody has') },
    output: object({ person: PERSON, conversation: CONVERSATION_ROW }),
  }),
  calls: operation({
    says: 'Lists what the bot has asked the API, newest first, with bodies as long as those are kept',
    changes: false,
    where: 'sandbox',
    input: {
      conversation: optional(ID, 'the id of a conversation; without it: of all'),
      limit: optional(integer(1, 1_000), 'how many at most; without it: 100'),
    },
    output: object({ calls: list(CALL) }),
  }),
  chaos: operation({
    says: 'Lets things go wrong from now on, as `--chaos` does, or nothing any more',
    changes: true,
    where: 'sandbox',
    input: {
      chaos: optional(text({ max: 1_000 }), 'such as `delay=200ms,drop=0.1`; empty: nothing; without it: as it is'),
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

type Table = typeof OPERATIONS

/** `status`, `replayConversation` … */
export type OperationName = keyof Table

/** What a client gives to an operation: fields that are not required may be left out. */
export type GivenTo<N extends OperationName> = Given<Table[N]['input']>

/** What the handler of an operation is given: `null` for what was left out. */
export type InputOf<N extends OperationName> = Read<Table[N]['input']>

/** What an operation gives back. */
export type OutputOf<N extends OperationName> = Of<Table[N]['output']>

/** The names of those that every run has. */
export type RunOperation = { [N in OperationName]: Table[N]['where'] extends 'any run' ? N : never }[OperationName]

/** The names of those that only a sandbox has. */
export type SandboxOperation = Exclude<OperationName, RunOperation>

/**
 * What does the work of some operations. Rejects with a `DevHookError`; `usage` for an input that is well-formed but means
 * nothing. Its signal is aborted when whoever asked does not wait any longer.
 */
export type Handlers<N extends OperationName> = {
  readonly [K in N]: (input: InputOf<K>, signal: AbortSignal) => Promise<OutputOf<K>>
}

/** Whether there is an operation of this name. */
export const isOperation = (name: string): name is OperationName => Object.hasOwn(OPERATIONS, name)

/** The names in the order of the table. */
export const OPERATION_NAMES: readonly OperationName[] = Object.keys(OPERATIONS).filter(isOperation)
