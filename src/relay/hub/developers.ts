// The developers of a relay: who is there, what they want, and the way to each of them.
import { type Clock, MONOTONIC, repeat, withDeadline } from '../../core/async.ts'
import type { Delivery } from '../../core/delivery.ts'
import { messageOf } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import type { Off } from '../../core/listeners.ts'
import { anyOnly, type OnlyFilter, readOnly } from '../../protocol/only/filter.ts'
import { resign } from '../../protocol/signature.ts'
import { type Answer, packPing, packSent, unpackAnswer } from '../wire/envelope.ts'
import {
  type DeveloperEvent,
  type DeveloperState,
  type Effect,
  nextDeveloper,
  type Presence,
} from './developer-state.ts'
import type { Live } from './recipients.ts'

/** How a request goes to a developer. */
export interface Line {
  /** Rejects when nobody is there, when there is no answer in time, or when the signal is aborted. */
  request(developer: string, message: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
  /** The largest message that it carries, in bytes. */
  maxMessageBytes(): number
}

export interface DevelopersOptions {
  readonly line: Line
  /** What the deliveries of a developer are signed with. */
  readonly secretOf: (developer: string) => string
  /** What follows from a change: to be done at once, in this order. */
  readonly changed: (developer: string, state: DeveloperState, effects: readonly Effect[]) => void
  /** How long somebody who is silent counts as there, in ms. */
  readonly silentMs?: number
  /** How long what is theirs waits for somebody who has vanished, in ms. */
  readonly graceMs: number
  readonly clock?: Pick<Clock, 'now'>
}

export interface Developers {
  readonly state: (developer: string) => DeveloperState
  readonly names: () => readonly string[]
  /** Adds somebody who is not there, as one who may come back. */
  known(developer: string): void
  /** Hears from somebody; the seat is that of a session that may have the name. */
  here(developer: string, seat: Presence): void
  leaves(developer: string, session: string): void
  /** A session is known to be dead. */
  silent(developer: string, session: string): void
  /** The first of those who are not gone whose filter wants it; those who want everything come last. `null` for nobody. */
  choose(payload: Json | null): string | null
  send(developer: string, delivery: Delivery): Live
  /** Whether the session that is there still answers. */
  answers(developer: string): Promise<boolean>
  /** Whether the relay itself hears anything. While it does not, nobody counts as silent or away for too long. */
  setOnline(online: boolean): void
  close(): void
}

/** How often it is checked who is silent, in ms. */
const LOOK_MS = 500
const PING_MS = 1_500

interface Known {
  readonly state: DeveloperState
  readonly filter: OnlyFilter | null
  heardAt: number
  since: number
  readonly lives: Set<(why: string) => void>
}

/** Creates the developers of a relay; nobody is there. */
// One story: what one of them says changes what the others are sent.
export function createDevelopers(options: DevelopersOptions): Developers {
  const { line, secretOf, changed, silentMs = 10_000, graceMs, clock = MONOTONIC } = options
  const all = new Map<string, Known>()
  let online = true

  function apply(developer: string, event: DeveloperEvent): void {
    const known = all.get(developer)
    const before = known?.state ?? { is: 'gone', seat: null }
    const change = nextDeveloper(before, event)
    if (change === null) return
    const { to, effects } = change
    const now = clock.now()
    const filter = event.type === 'here' ? filterOf(event.seat.only) : (known?.filter ?? null)
    const since = to.is === before.is ? (known?.since ?? now) : now
    // Whoever comes back is the last of those who want something: the order is that of coming.
    if (before.is === 'gone') all.delete(developer)
    all.set(developer, { state: to, filter, heardAt: now, since, lives: known?.lives ?? new Set() })
    if (effects.includes('abort')) abortAll(developer, 'the developer has gone')
    if (effects.length > 0) changed(developer, to, effects)
  }

  function abortAll(developer: string, why: string): void {
    for (const abort of all.get(developer)?.lives ?? []) abort(why)
  }

  function look(): void {
    if (!online) return
    const now = clock.now()
    for (const [developer, { state, heardAt, since }] of all) {
      if (state.is === 'here' && now - heardAt >= silentMs) apply(developer, { type: 'silent' })
      if (state.is === 'vanished' && now - since >= graceMs) apply(developer, { type: 'grace-over' })
    }
  }
  const stopLooking: Off = repeat(LOOK_MS, look)

  function send(developer: string, delivery: Delivery): Live {
    const known = all.get(developer)
    if (known?.state.is !== 'here') return notTaken('the developer is not there')
    const headers = resign(delivery.headers, delivery.body, secretOf(developer))
    const message = packSent({ delivery: { ...delivery, headers }, session: known.state.seat.session })
    const max = line.maxMessageBytes()
    if (message.length > max) return notTaken(`the broker takes ${max} bytes, and the delivery has ${message.length}`)
    const controller = new AbortController()
    const abort = (why: string): void => controller.abort(new Error(why))
    known.lives.add(abort)
    const answer = line
      .request(developer, message, controller.signal)
      .then(unpackAnswer)
      .catch((error: unknown): Answer => ({ taken: false, why: messageOf(error) }))
      .finally(() => known.lives.delete(abort))
    return { answer, abort }
  }

  return {
    state: (developer) => all.get(developer)?.state ?? { is: 'gone', seat: null },
    names: () => [...all.keys()],
    known: (developer) => {
      if (all.has(developer)) return
      const now = clock.now()
      const state = { is: 'vanished', seat: null } as const
      all.set(developer, { state, filter: null, heardAt: now, since: now, lives: new Set() })
    },
    here: (developer, seat) => apply(developer, { type: 'here', seat }),
    leaves: (developer, session) => apply(developer, { type: 'leaves', session }),
    silent: (developer, session) => {
      const state = all.get(developer)?.state
      if (state?.is === 'here' && state.seat.session === session) apply(developer, { type: 'silent' })
    },
    choose: (payload) => {
      const there = [...all].filter(([, { state }]) => state.is !== 'gone' && state.seat !== null)
      const wanted = there.find(([, { filter }]) => filter?.(payload) === true)
      return (wanted ?? there.find(([, { filter }]) => filter === null))?.[0] ?? null
    },
    send,
    answers: async (developer) => {
      const known = all.get(developer)
      if (known?.state.is !== 'here') return false
      const ping = packPing(known.state.seat.session)
      const limit = { ms: PING_MS, reason: 'it has not answered' }
      return withDeadline([], limit, (signal) => line.request(developer, ping, signal)).then(
        () => true,
        () => false,
      )
    },
    setOnline: (now) => {
      online = now
      if (!now) for (const developer of all.keys()) abortAll(developer, 'the broker is away')
      // Nobody could be heard meanwhile.
      const time = clock.now()
      for (const known of all.values()) {
        known.heardAt = time
        known.since = time
      }
    },
    close: stopLooking,
  }
}

const notTaken = (why: string): Live => ({ answer: Promise.resolve({ taken: false, why }), abort: () => undefined })

/** What a list of filters wants; `null` for everything. One that cannot be read wants nothing: the developer's side has read it before. */
function filterOf(only: readonly string[] | null): OnlyFilter | null {
  if (only === null) return null
  return anyOnly(only.map((text) => readOnly(text)).filter((filter) => typeof filter === 'function'))
}
