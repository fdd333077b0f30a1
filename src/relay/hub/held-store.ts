// What is held for developers, on the broker: one stream for each, one subject in it for each conversation.
import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import type { Delivery } from '../../core/delivery.ts'
import { packDelivery, unpackDelivery } from '../wire/envelope.ts'
import type { BotNames } from '../wire/subjects.ts'

/** A delivery that is held, and where. */
export interface HeldDelivery {
  readonly seq: number
  readonly delivery: Delivery
}

export interface HeldStore {
  /**
   * Adds a delivery at the end, or leaves it where it is there already; resolves once the broker has it. Rejects with `NotKeepable`, or
   * when the broker is away: it may have it all the same.
   */
  append(owner: string, conversation: string, delivery: Delivery): Promise<void>
  /** The oldest of a conversation; `null` when there is none. */
  first(owner: string, conversation: string): Promise<HeldDelivery | null>
  remove(owner: string, seq: number): Promise<void>
  /** How many are held for each owner, by conversation. */
  counts(): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>>
}

/** The stream of a developer takes no more, or not this. */
export class NotKeepable extends Error {
  override readonly name = 'NotKeepable'
}

const DAY_MS = 24 * 60 * 60 * 1000
const LIMITS = {
  max_age: nanos(7 * DAY_MS),
  max_bytes: 512 * 1024 * 1024,
  // What was acknowledged is never pushed out by what is newer.
  discard: 'new',
  duplicate_window: nanos(60 * 60 * 1000),
  storage: 'file',
} as const

/** `maximum bytes exceeded` and `maximum messages exceeded`, from the table of errors of nats-server. */
const FULL: ReadonlySet<number> = new Set([10_077, 10_047, 10_023])

/** Creates the store on a broker; streams are made when they are first needed. */
export function createHeldStore(manager: JetStreamManager, names: BotNames, maxMessageBytes: () => number): HeldStore {
  const client = manager.jetstream()
  const made = new Map<string, Promise<unknown>>()

  function ensure(owner: string): Promise<unknown> {
    const known = made.get(owner)
    if (known !== undefined) return known
    const subjects = [names.held(owner, '>')]
    const making = manager.streams.add({ name: names.stream(owner), subjects, ...LIMITS })
    made.set(owner, making)
    making.catch(() => made.delete(owner))
    return making
  }

  async function publish(owner: string, subject: string, packed: Uint8Array, id: string): Promise<void> {
    for (let msgID = id; ; ) {
      const { duplicate, seq } = await client.publish(subject, packed, { msgID })
      if (!duplicate || (await manager.streams.getMessage(names.stream(owner), { seq })) !== null) return
      // It was here and has been given to somebody else since: the broker knows its id for an hour after that.
      msgID = `${id} ${seq}`
    }
  }

  return {
    append: async (owner, conversation, delivery) => {
      const packed = packDelivery(delivery)
      const max = maxMessageBytes()
      if (packed.length > max)
        throw new NotKeepable(
          `the broker takes messages of ${max} bytes at most, and the delivery has ${packed.length}`,
        )
      await ensure(owner)
      try {
        await publish(owner, names.held(owner, conversation), packed, delivery.again ?? delivery.id)
      } catch (cause) {
        if (cause instanceof JetStreamApiError && FULL.has(cause.code))
          throw new NotKeepable(`what is held for ${owner} has reached its limit of 512 MiB`, { cause })
        throw cause
      }
    },
    first: async (owner, conversation) => {
      await ensure(owner)
      const query: { seq: number; next_by_subj: string } = { seq: 1, next_by_subj: names.held(owner, conversation) }
      const found = await manager.streams.getMessage(names.stream(owner), query)
      return found === null ? null : { seq: found.seq, delivery: unpackDelivery(found.data) }
    },
    remove: async (owner, seq) => {
      await manager.streams.deleteMessage(names.stream(owner), seq, false).catch((error: unknown) => {
        // Gone already: its age, or an earlier try whose answer was lost.
        if (!(error instanceof JetStreamApiError)) throw error
      })
    },
    counts: async () => {
      // A broker that has come back may have lost its streams.
      made.clear()
      const prefix = names.stream('')
      const counts = new Map<string, ReadonlyMap<string, number>>()
      for await (const { config } of manager.streams.list()) {
        if (!config.name.startsWith(prefix)) continue
        const owner = config.name.slice(prefix.length)
        const { state } = await manager.streams.info(config.name, { subjects_filter: names.held(owner, '>') })
        const start = names.held(owner, '').length
        const subjects = Object.entries(state.subjects ?? {})
        counts.set(owner, new Map(subjects.map(([subject, count]) => [subject.slice(start), count])))
      }
      return counts
    },
  }
}
