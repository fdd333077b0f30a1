// A developer's end at the broker: it says that it is there, takes deliveries, and answers them.
import { monotonic, poll, repeat } from '../../core/async.ts'
import type { Delivery, Reply } from '../../core/delivery.ts'
import { DevHookError, messageOf } from '../../core/errors.ts'
import { createListeners, type Off } from '../../core/listeners.ts'
import { every } from '../../core/pace.ts'
import { type Broker, isNobodyThere, problemOf, respond } from '../broker/broker.ts'
import { type Answer, packAnswer, pingIn, unpackSent } from '../wire/envelope.ts'
import { ANY_BOT, namesOf } from '../wire/subjects.ts'
import { readWelcome, type Said, type Welcome } from '../wire/words.ts'
import { nextSeat, type SeatEvent, type SeatState } from './seat-state.ts'

export interface SeatOptions {
  readonly broker: Broker
  /** The id of the bot; `null` for that of the only relay at the broker. */
  readonly bot: string | null
  readonly name: string
  /** `<user>@<host>` */
  readonly who: string
  /** New for every run. */
  readonly session: string
  /** What this developer wants, as filters; `null` for everything. */
  readonly only: readonly string[] | null
  readonly beatMs?: number
}

/** What is done with a delivery; the second argument is when it arrived, of the monotonic clock. Never rejects. */
export type Accept = (delivery: Delivery, since: number) => Promise<Reply>

export type Welcomed = Extract<Welcome, { readonly ok: true }>

/** A place at a relay that was found, and not taken yet. */
export interface Seat {
  /** As the relay said it last. */
  welcome(): Welcomed
  state(): SeatState
  on(listener: (state: SeatState) => void): Off
  /** Takes deliveries from now on. */
  serve(accept: Accept): void
  /** Tells the relay that it is there, now and from then on. Rejects with `taken` or `relayMissing`. */
  take(): Promise<void>
  /** Tells the relay that it leaves; resolves once the relay has heard it, or cannot hear it. Idempotent. */
  leave(): Promise<void>
  /** Takes nothing any more, and ends the connection. Idempotent. */
  close(): Promise<void>
}

const BEAT_MS = 3_000
const ANSWER_MS = 2_500
/** How long a relay that is starting is waited for, in ms. */
const STARTING_MS = 30_000
const RETRY_MS = 500

/** Finds the relay. Rejects with `relayMissing`, `brokerRefused` or `taken`. */
// One story: what is said to the relay, what it answers, and what follows.
export async function openSeat(options: SeatOptions, signal: AbortSignal): Promise<Seat> {
  const { broker, name, who, session, only, beatMs = BEAT_MS } = options
  const { connection } = broker
  const changes = createListeners<SeatState>()
  let state: SeatState = { is: 'outside' }
  let bot = options.bot ?? ANY_BOT
  let welcomed = await findRelay()
  bot = welcomed.bot
  const names = namesOf(bot)
  let stopBeats: Off = () => undefined
  let leaving: Promise<void> | undefined
  let closing: Promise<void> | undefined

  async function say(is: Said['is']): Promise<Welcome> {
    const said: Said = { is, session, who, only }
    const subject = namesOf(bot).presence(name)
    const { data } = await connection.request(subject, JSON.stringify(said), { timeout: ANSWER_MS })
    return readWelcome(Buffer.from(data).toString())
  }

  async function findRelay(): Promise<Welcomed> {
    const isOver = (welcome: Welcome): boolean => welcome.ok || welcome.why !== 'starting'
    const found = await poll(() => say('hello'), isOver, { pace: every(RETRY_MS), limitMs: STARTING_MS, signal }).catch(
      (cause: unknown) => {
        throw relayProblem(cause)
      },
    )
    return admitted(found)
  }

  function relayProblem(cause: unknown): DevHookError {
    if (isNobodyThere(cause)) {
      const which = options.bot === null ? 'a bot' : `bot ${options.bot}`
      return new DevHookError('relayMissing', `no relay of ${which} answers at ${broker.address.url}`, { cause })
    }
    return problemOf(cause, broker.address)
  }

  function admitted(welcome: Welcome): Welcomed {
    if (welcome.ok) return welcome
    throw welcome.why === 'taken' ? nameTaken(welcome.message) : new DevHookError('relayMissing', welcome.message)
  }

  function apply(event: SeatEvent): void {
    const next = nextSeat(state, event)
    if (next === state) return
    state = next
    changes.emit(state)
  }

  async function beat(): Promise<void> {
    try {
      const welcome = await say('here')
      if (welcome.ok) {
        welcomed = welcome
        apply({ type: 'welcomed' })
      } else if (welcome.why === 'taken') apply({ type: 'turned-away', error: nameTaken(welcome.message) })
      else apply({ type: 'unanswered', reason: welcome.message })
    } catch (error) {
      apply({ type: 'unanswered', reason: relayProblem(error).message })
    }
  }

  /** Answers a message; `null` for the question whether another session is alive. */
  async function answer(accept: Accept, data: Uint8Array): Promise<Answer | null> {
    const since = monotonic()
    const asked = pingIn(data)
    if (asked !== null) return asked === session ? { taken: false, why: 'it is alive' } : null
    const sent = unpackSent(data)
    // One that was meant for the run before, which the relay takes for this one.
    if (sent.session !== session) return { taken: false, why: 'it was meant for another session' }
    return { taken: true, reply: await accept(sent.delivery, since) }
  }

  /** An answer that is too large for the broker goes without its body. */
  function packed(said: Answer): Buffer {
    const whole = packAnswer(said)
    if (whole.length <= broker.maxMessageBytes() || !said.taken) return whole
    return packAnswer({ taken: true, reply: { ...said.reply, body: Buffer.alloc(0) } })
  }

  const offBroker = broker.on((now) => {
    if (now.is === 'refused') apply({ type: 'turned-away', error: now.error })
    else if (now.is === 'away') apply({ type: 'unanswered', reason: now.reason })
    else if (state.is === 'waiting') void beat()
  })

  return {
    welcome: () => welcomed,
    state: () => state,
    on: changes.on,
    serve: (accept) => {
      connection.subscribe(names.to(name), {
        callback: (error, message) => {
          if (error !== null) return apply({ type: 'turned-away', error: problemOf(error, broker.address) })
          void Promise.resolve()
            .then(() => answer(accept, message.data))
            .catch((thrown: unknown): Answer => ({ taken: false, why: messageOf(thrown) }))
            .then((said) => said && respond(message, packed(said)))
        },
      })
    },
    take: async () => {
      const welcome = await say('here').catch((cause: unknown) => {
        throw relayProblem(cause)
      })
      welcomed = admitted(welcome)
      apply({ type: 'welcomed' })
      stopBeats = repeat(beatMs, () => void beat())
    },
    leave: () => {
      leaving ??= (async () => {
        stopBeats()
        const was = state.is
        apply({ type: 'leaves' })
        // A relay that cannot be told finds out by itself.
        if (was === 'seated') await say('leaving').catch(() => undefined)
      })()
      return leaving
    },
    close: () => {
      closing ??= (async () => {
        stopBeats()
        offBroker()
        await broker.close()
      })()
      return closing
    },
  }
}

const nameTaken = (message: string): DevHookError =>
  new DevHookError('taken', message, {
    remedy:
      'end the other run, or join under another name: with a credentials file of its own, or by `--relay nats://<name>@<host>`',
  })
