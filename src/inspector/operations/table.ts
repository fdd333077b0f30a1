// The table of operations: all that may be asked of a run, by its page, by other commands, and by programs.
import { MAX_BODY_BYTES } from '../../core/limits.ts'
import {
  DELIVERY,
  DELIVERY_ROW,
  HOLDING,
  INJECTED,
  JSON_MISTAKE,
  OUTPUT_LINE,
  REPLAYED,
  REPLAYED_ON_SAVE,
  STATUS,
  TEMPLATE,
  TRIGGERED,
  VERIFIED,
} from './delivery-shapes.ts'
import { ID, NAME, SINCE_FIELD, UNTIL_FIELD } from './fields.ts'
import { type Given, operation, optional, type Read, required } from './operation.ts'
import { SANDBOX_OPERATIONS } from './sandbox-operations.ts'
import { choice, flag, integer, list, type Of, object, orNull, text } from './shape.ts'

const BODY = text({ max: MAX_BODY_BYTES })
/** Of a signature all likely accidents are tried at once: with a longer body that would keep the run from its deliveries. */
const MAX_VERIFIED = 256 * 1024
const COUNT = integer(0, Number.MAX_SAFE_INTEGER)

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
      q: optional(text({ max: 2_000 }), 'a filter, as for `dev-hook events -q`; default: all'),
      limit: optional(integer(1, 1_000), 'how many at most; default: 100'),
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
    says: 'Forwards the deliveries of a conversation again, in order, each once the one before is answered',
    changes: true,
    where: 'any run',
    input: {
      conversation: required(ID, 'the id of the conversation'),
      from: optional(ID, 'the id of the delivery to begin with; default: the first'),
    },
    output: object({ replayed: list(REPLAYED) }),
  }),
  replayOnSave: operation({
    says: 'Forwards a delivery to the bot again each time that a save, or a request, has restarted the bot; until it is switched off',
    changes: true,
    where: 'any run',
    input: {
      on: required(flag, 'whether it is on'),
      id: optional(ID, 'the id of the delivery; default: the last one at that time that is not of the bot itself'),
    },
    output: object({ replayOnSave: orNull(REPLAYED_ON_SAVE) }),
  }),
  checkJson: operation({
    says: 'Tells where a text is not valid JSON, which an edited body has to be',
    changes: false,
    inBody: true,
    where: 'any run',
    input: { text: required(BODY, 'the text') },
    output: object({ mistake: orNull(JSON_MISTAKE) }),
  }),
  verify: operation({
    says: 'Checks a signature as `dev-hook verify` does, and says what is wrong with it',
    changes: false,
    inBody: true,
    where: 'any run',
    input: {
      id: optional(ID, 'the id of a recorded delivery, of which everything is taken that is not given'),
      body: optional(text({ max: MAX_VERIFIED }), 'the body, byte for byte as it was sent'),
      signature: optional(
        text({ max: 20_000 }),
        'the value of its signature header, or all of its headers, one a line',
      ),
      secret: optional(text({ max: 1_000, empty: false }), 'the secret; default: that of the webhook'),
    },
    output: VERIFIED,
  }),
  output: operation({
    says: 'Lists what the bot has printed, oldest first, as far as it is kept: of a bot that dev-hook has started',
    changes: false,
    where: 'any run',
    input: {
      since: SINCE_FIELD,
      until: UNTIL_FIELD,
      limit: optional(integer(1, 2_000), 'how many of the last; default: 200'),
    },
    output: object({ lines: list(OUTPUT_LINE) }),
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
      text: optional(text({ max: 100_000 }), 'what its message says; default: what the template says'),
      set: optional(list(text({ max: MAX_BODY_BYTES }), 1_000), 'values in it, each as `path=value`, in order'),
      conversation: optional(ID, 'the id of a recorded conversation, or a part of it; default: one that is made up'),
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
    says: 'Releases what `hold` holds, as soon as the bot is ready',
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
    says: 'Writes a recorded delivery in a form for other tools, or its conversation as a transcript, a test, or an HTML file that can be read and played anywhere; without secrets, and a conversation without personal data',
    changes: false,
    where: 'any run',
    input: {
      id: required(
        ID,
        'the id of the delivery; for `transcript`, `test` and `html`, of a conversation or of any delivery in it',
      ),
      as: required(choice('curl', 'http', 'fixture', 'transcript', 'test', 'html'), 'the form'),
    },
    // What has stand-ins in it: how many of each kind.
    output: object({ text: text() }, { replaced: list(object({ kind: text(), count: COUNT })) }),
  }),
  ...SANDBOX_OPERATIONS,
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
