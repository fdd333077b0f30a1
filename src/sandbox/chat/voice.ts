// A voice in a conversation: what a person does there, and the waiting for what the bot answers.
import { firstOf, sleep, waitUntil } from '../../core/async.ts'
import { isSuccess } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Off } from '../../core/listeners.ts'
import type { Button } from '../../protocol/buttons.ts'
import type { Message } from '../../protocol/resources.ts'
import type { Caller } from '../access/tokens.ts'
import type { ApiCall } from '../call-log.ts'
import type { SandboxDelivery } from '../webhooks/deliver.ts'
import { NoAnswerError, refusalOnTheWay } from './no-answer.ts'
import { findButton, offeredIn, pressOf } from './offers.ts'
import { isBy } from './people.ts'
import { post } from './posting.ts'
import type { Stage } from './stage.ts'
import { createWaits, DEFAULT_TIMEOUT_MS, orNull, signalsOf, type WaitOptions } from './waits.ts'

/**
 * `untilFailed`, behind a run: whether a bot that has failed at what it was told ends the wait once it is quiet, and whatever `gone`
 * rejects with ends it at once.
 */
export type ReplyOptions = WaitOptions & { readonly untilFailed?: boolean }

/** Somebody in one conversation. */
export interface Voice {
  /** The id of the conversation. */
  readonly conversation: string
  /** Everything that was posted in the conversation so far, oldest first. */
  readonly messages: readonly Message[]
  /** What they see of it. */
  readonly seen: readonly Message[]
  /** What they can press now; a quick reply goes once they have said something. */
  readonly offered: readonly Button[]
  /** Posts a message exactly as given, in the form that the API takes. Throws what the API would answer. */
  post(body: Json): Message
  /** Says something, with further fields of the message if given, and waits for nothing. */
  send(text: string, more?: Json): Message
  /** Says something, and resolves with the next message of the bot's that they see; rejects with what happened instead. */
  say(text: string, options?: WaitOptions & { readonly more?: Json }): Promise<Message>
  /** Presses a button by its text or its payload, and waits for nothing. Throws `noButton`, which lists what is offered. */
  press(button: string): Message
  /** The first `n` messages of the bot's that they see since they last did something; rejects like `say`. */
  replies(n: number, options?: ReplyOptions): Promise<readonly Message[]>
  /**
   * Resolves once everything has settled and the bot has said nothing that they see since they last did something, besides what was
   * waited for; rejects with `unexpectedReply` when it has.
   */
  silence(options?: WaitOptions & { readonly quietMs?: number }): Promise<void>
  /** Resolves once every delivery of a message has been answered, or has failed, for the first time. */
  heard(message: Message, options?: WaitOptions): Promise<void>
  /** Behind a run: rejects once nobody is there who could answer, or the run has refused what was said, whatever has come before. */
  gone(signal: AbortSignal): Promise<never>
}

/** Who speaks, where, and what they see. */
export interface Speaking {
  readonly caller: Caller
  readonly name: string
  readonly conversation: string
  sees(message: Message): boolean
}

/** Creates a voice that has said nothing yet. */
// One story: what is waited for depends on what was done last.
export function createVoice(stage: Stage, { caller, name, conversation, sees }: Speaking): Voice {
  const { context, closed } = stage
  const { settled } = createWaits(stage)
  const { store, seeded } = context
  const all = (): readonly Message[] => store.messages.of(conversation)
  const seen = (): readonly Message[] => all().filter(sees)
  /** What they did last, and the last call of the API before it. */
  let last: { readonly message: Message; readonly call: ApiCall | undefined } | null = null
  /** How many of the replies since then somebody has waited for, and was given. */
  let taken = 0

  function act(body: Json): Message {
    closed.throwIfAborted()
    const known = store.conversations.get(conversation)
    if (known === undefined) throw new DevHookError('usage', `the conversation of ${name} is gone`, { remedy: GONE })
    const call = stage.calls.at(-1)
    const message = post(context, caller, known, body)
    last = { message, call }
    taken = 0
    return message
  }

  /** What the bot has said since they last did something, commands apart. */
  function saidSince(): readonly Message[] {
    const since = last === null ? -1 : all().findLastIndex(({ id }) => id === last?.message.id)
    return all()
      .slice(since + 1)
      .filter((said) => isBy(said, seeded.bot.id) && said.type !== 'command')
  }

  const deliveries = (): readonly SandboxDelivery[] | null =>
    last === null ? null : stage.deliveriesOf(last.message.id)

  function failedCalls(): readonly ApiCall[] {
    const since = last?.call === undefined ? -1 : stage.calls.lastIndexOf(last.call)
    const calls = stage.calls.slice(since + 1).filter(({ by }) => by === null || by === seeded.bot.id)
    const refreshed = calls.findLastIndex(({ path, status }) => path === '/v2/auth/token' && status === 201)
    // A token that had expired and was replaced is not a failure of the bot.
    return calls.filter(({ status }, at) => (status === null || status >= 400) && !(status === 401 && at < refreshed))
  }

  function noAnswer(wanted: number, waitedMs: number | null, isBehindRun: boolean): NoAnswerError {
    const unseen = saidSince().filter((said) => !sees(said))
    const facts = {
      unseen,
      deliveries: deliveries(),
      failedCalls: failedCalls(),
      absence: stage.absence(),
      isBehindRun,
    }
    return new NoAnswerError({ name, waitedMs, wanted, got: replies().length, ...facts })
  }

  const replies = (): readonly Message[] => saidSince().filter(sees)

  const mayCome = (): boolean => stage.absence()?.mayCome === true
  const isRefusedByRun = (): boolean => {
    const known = deliveries() ?? []
    return known.length > 0 && known.every((delivery) => refusalOnTheWay(delivery) !== null)
  }
  const hasFailed = (): boolean => deliveries()?.every((delivery) => isOver(delivery) || isRefused(delivery)) === true

  /** Rejects once nothing will come any more, as far as can be told: the platform would go on trying. */
  async function failure(n: number, signal: AbortSignal): Promise<never> {
    await waitUntil(() => (hasFailed() ? true : null), onHere, signal)
    await stage.activity.settled(FAILED_QUIET_MS, signal)
    if (hasFailed()) throw noAnswer(n, null, true)
    return failure(n, signal)
  }

  async function gone(n: number, signal: AbortSignal): Promise<never> {
    await waitUntil(() => (stage.absence() !== null || isRefusedByRun() ? true : null), onHere, signal)
    if (!mayCome()) throw noAnswer(n, null, true)
    await sleep(ABSENT_MS, signal)
    if (mayCome()) throw noAnswer(n, null, true)
    return gone(n, signal)
  }

  const onHere = (listener: () => void): Off => stage.on(conversation, listener)

  async function waitForReplies(n: number, options: ReplyOptions): Promise<readonly Message[]> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, untilFailed = false } = options
    const check = (): readonly Message[] | null => {
      const heard = replies()
      if (heard.length >= n) return heard.slice(0, n)
      const isHopeless = stage.absence()?.mayCome === false || deliveries()?.every(isOver) === true
      if (isHopeless) throw noAnswer(n, null, untilFailed)
      return null
    }
    const heard = (signal: AbortSignal) => waitUntil(check, onHere, signal)
    const found = await orNull(timeoutMs, signalsOf(stage, options), (signal) =>
      untilFailed
        ? firstOf(
            signal,
            heard,
            (own) => failure(n, own),
            (own) => gone(n, own),
          )
        : heard(signal),
    )
    if (found === null) throw noAnswer(n, timeoutMs, untilFailed)
    taken = Math.max(taken, found.length)
    return found
  }

  async function silence(options: WaitOptions & { readonly quietMs?: number }): Promise<void> {
    const unsettled = await settled(options).then(
      () => null,
      (error: unknown) => ({ error }),
    )
    closed.throwIfAborted()
    const first = replies()[taken]
    if (first !== undefined) {
      throw new DevHookError('unexpectedReply', `${name} was to get no reply, and the bot said "${first.text}"`)
    }
    if (unsettled !== null) throw unsettled.error
  }

  return {
    conversation,
    get messages() {
      return [...all()]
    },
    get seen() {
      return seen()
    },
    get offered() {
      return offeredIn(seen(), caller.user)
    },
    post: act,
    send: (text, more = {}) => act({ type: 'chat', ...more, text }),
    say: async (text, { more = {}, ...options } = {}) => {
      act({ type: 'chat', ...more, text })
      const [reply] = await waitForReplies(1, options)
      if (reply === undefined) throw new DevHookError('unexpected', 'waited for one reply and got none')
      return reply
    },
    press: (button) => act(pressOf(findButton(button, offeredIn(seen(), caller.user), name))),
    replies: (n, options = {}) => waitForReplies(n, options),
    silence: (options = {}) => silence(options),
    heard: async ({ id }, options = {}) => {
      const isHeard = (): true | null =>
        stage.deliveriesOf(id).every((delivery) => delivery.attempts.length > 0 || isOver(delivery)) ? true : null
      await orNull(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, signalsOf(stage, options), (signal) =>
        waitUntil(isHeard, onHere, signal),
      )
    },
    gone: (signal) => gone(1, signal),
  }
}

const GONE = 'speak in a conversation that has not been deleted'

/** For so long it has to be quiet after the bot has failed, in ms: it may have said something beside. */
const FAILED_QUIET_MS = 1_000
/** How long a bot that somebody else runs may take to listen, in ms: it may have been started in the same moment. */
const ABSENT_MS = 2_000

/** The bot itself has refused it, or broken the connection. */
const isRefused = ({ atBot }: SandboxDelivery): boolean =>
  atBot !== null && (atBot.status === null || !isSuccess(atBot.status))

/** No further attempt will be made. */
const isOver = ({ state }: SandboxDelivery): boolean => state === 'given-up' || state === 'dropped'
