// The shapes of what operations tell of a run and its deliveries.
import { choice, flag, integer, list, number, object, orNull, pair, text, time } from './shape.ts'

const COUNT = integer(0, Number.MAX_SAFE_INTEGER)

const OUTCOME = choice('answered', 'refused', 'interrupted', 'timed-out', 'cancelled')

const ROW = {
  time,
  id: text(),
  platformId: orNull(text()),
  event: orNull(text()),
  conversation: orNull(text()),
  text: orNull(text()),
  bytes: COUNT,
  settled: orNull(choice('delivered', 'acknowledged', 'interrupted', 'returned', 'rejected', 'passed', 'ignored')),
  attempts: COUNT,
  replays: COUNT,
  editOf: orNull(text()),
  outcome: orNull(OUTCOME),
  status: orNull(COUNT),
  /** The last status of the bot, whatever came of later attempts; and the one that dev-hook gave in its place. */
  answered: orNull(COUNT),
  ownStatus: orNull(COUNT),
  ms: orNull(number),
}

const AUTHOR = { from: text(), own: flag }

/** A delivery as a row of a list, as `dev-hook events --json` prints it. */
export const DELIVERY_ROW = object(ROW, AUTHOR)

/** The headers and the body of a message of HTTP. */
const CONTENT = {
  headers: list(pair(text(), text())),
  encoding: choice('utf8', 'base64'),
  body: text(),
}

const ATTEMPT = object(
  { n: COUNT, time, replay: flag, outcome: OUTCOME, ms: number, status: orNull(COUNT) },
  { reason: text(), ...CONTENT, cut: flag },
)

const REASONS = list(object({ message: text(), remedy: text() }))

/** Whether the signature of a delivery is right, and what explains it when it is not. */
const SIGNATURE = object({ verdict: choice('right', 'wrong', 'missing', 'unknown'), reasons: REASONS })

/** What a check of a signature found. `expected` is the value that would be right, `secret` says which secret it was checked with. */
export const VERIFIED = object({
  verdict: choice('right', 'wrong', 'missing'),
  /** Whether the reasons are what it is, rather than what is likeliest. */
  certain: flag,
  reasons: REASONS,
  expected: text(),
  bytes: COUNT,
  secret: text(),
})

/** A line that the bot has printed. */
export const OUTPUT_LINE = object({ time, stream: choice('stdout', 'stderr'), line: text() })

/** Where a text is not JSON: both count from 1. */
export const JSON_MISTAKE = object({ line: COUNT, column: COUNT, message: text() })

/** What is replayed after each restart of the bot: this delivery, or for `null` the last one that somebody else has caused. */
export const REPLAYED_ON_SAVE = object({ id: orNull(text()) })

/** A delivery with all that is known of it, as `dev-hook events show --json` prints it, and what its signature says. */
export const DELIVERY = object(
  {
    ...ROW,
    method: text(),
    search: text(),
    ...CONTENT,
    attempts: list(ATTEMPT),
    signature: SIGNATURE,
  },
  AUTHOR,
)

/** The attempt that ended a replay. */
export const REPLAYED = object(
  { id: text(), n: COUNT, outcome: OUTCOME, status: orNull(COUNT), ms: number, reason: orNull(text()) },
  { editOf: text() },
)

/** A delivery that was made here, and what it was answered. */
export const INJECTED = object({ id: text(), event: orNull(text()), status: COUNT, ms: number })

/** What became of an event that was made here. `status` is the bot's; `notes` are about the values that were set in it. */
export const TRIGGERED = object(
  {
    id: text(),
    event: orNull(text()),
    conversation: orNull(text()),
    text: orNull(text()),
    outcome: choice('answered', 'acknowledged', 'redelivery', 'rejected', 'interrupted', 'timed-out', 'cancelled'),
    status: orNull(COUNT),
    ms: number,
    reason: orNull(text()),
    notes: list(text()),
  },
  AUTHOR,
)

/** A template of events. */
export const TEMPLATE = object({
  name: text(),
  says: text(),
  evidence: choice('documented', 'sdk', 'inferred'),
  events: list(text()),
  by: choice('contact', 'agent', 'admin', 'bot'),
  text: orNull(text()),
})

/** Whether deliveries are held, and why. */
export const HOLDING = object({ holding: orNull(text()), waiting: COUNT })

const REGISTERED = object({ url: text(), events: orNull(list(text())), status: orNull(text()) })

export const STATUS = object({
  version: text(),
  pid: COUNT,
  botId: text(),
  /** The one of the config that was chosen; `null` for none. */
  profile: orNull(text()),
  /** The name of the folder that the run works in. */
  folder: text(),
  emulated: flag,
  url: orNull(text()),
  target: text(),
  api: text(),
  bot: orNull(choice('starting', 'ready', 'stopping', 'crashed', 'stopped')),
  tunnel: orNull(choice('online', 'reconnecting', 'offline')),
  registration: orNull(object({ kind: choice('bot', 'service', 'manual', 'relay'), before: orNull(REGISTERED) })),
  /** With `--only`: its filters, and where the rest goes on to; else `null`. */
  only: orNull(object({ filters: list(text()), passesTo: orNull(text()) })),
  holding: orNull(text()),
  paused: flag,
  /** `null` when nothing is. */
  replayOnSave: orNull(REPLAYED_ON_SAVE),
  waiting: COUNT,
  inFlight: COUNT,
  deliveries: COUNT,
  delivered: COUNT,
  held: COUNT,
  longestHoldMs: number,
  undelivered: COUNT,
  interrupted: COUNT,
  unrouted: COUNT,
  passed: COUNT,
  ignored: COUNT,
})
