// Whose a conversation is: kept on the broker, and changed by comparing with what was there.
import type { JetStreamClient } from '@nats-io/jetstream'
import type { KV, KvEntry } from '@nats-io/kv'
import { openBucket } from '../broker/bucket.ts'
import type { BotNames } from '../wire/subjects.ts'

export interface Assignments {
  /** The developer whose a conversation is, as far as is known here; `null` for nobody's. */
  of(conversation: string): string | null
  /** Everybody who has a conversation. */
  owners(): ReadonlySet<string>
  /** Says that a conversation goes on, so that it is not forgotten. */
  goesOn(conversation: string): void
  /**
   * Makes a conversation somebody's who was `from` before; resolves to whose it is then: that of whoever was quicker, where it had
   * changed meanwhile. Rejects when the broker cannot be asked.
   */
  change(conversation: string, from: string | null, to: string): Promise<string>
  /** Reads all of them again, as the broker has them now; one that has lost them has none. Rejects when it cannot be asked. */
  reread(): Promise<void>
}

/** An assignment as it was written last; the time is in ms since the epoch. */
interface Known {
  readonly owner: string
  readonly revision: number
  readonly writtenAt: number
}

const DAY_MS = 24 * 60 * 60 * 1000
/** A conversation that goes on is written again this often at most: else each of its deliveries would be a message to the broker. */
const RENEW_MS = DAY_MS
/** The broker forgets what was not written for so long: a conversation that was quiet for 30 days. */
const FORGOTTEN_MS = 30 * DAY_MS + RENEW_MS
/** How often a change is tried that only finds the entry renewed, or gone. */
const MAX_TRIES = 3

/** Opens the assignments of a bot, all of them read. `now`: milliseconds since the epoch. */
// One story: what is known here follows each answer of the broker.
export async function openAssignments(
  client: JetStreamClient,
  names: BotNames,
  now: () => number = Date.now,
): Promise<Assignments> {
  const open = (): Promise<KV> => openBucket(client, names.assignments, { ttl: FORGOTTEN_MS })
  let bucket = await open()
  let known = await readAll(bucket)
  const renewing = new Set<string>()

  function note(conversation: string, entry: Known): void {
    // Kept in the order in which they were written.
    known.delete(conversation)
    known.set(conversation, entry)
    for (const [quiet, { writtenAt }] of known) {
      if (now() - writtenAt < FORGOTTEN_MS) return
      known.delete(quiet)
    }
  }

  /** What is known of a conversation, and was not forgotten by the broker meanwhile. */
  function knownOf(conversation: string): Known | undefined {
    const entry = known.get(conversation)
    return entry !== undefined && now() - entry.writtenAt < FORGOTTEN_MS ? entry : undefined
  }

  /** Whose a conversation is at the broker now. */
  async function look(conversation: string): Promise<string | null> {
    const entry = await bucket.get(conversation)
    if (entry === null || entry.operation !== 'PUT') {
      known.delete(conversation)
      return null
    }
    note(conversation, knownFrom(entry))
    return entry.string()
  }

  async function write(conversation: string, to: string): Promise<void> {
    const before = knownOf(conversation)
    // The broker counts from when it has written it, which is later: what is known here is never forgotten after it is there.
    const writtenAt = now()
    const revision = await (before === undefined
      ? bucket.create(conversation, to)
      : bucket.update(conversation, to, before.revision))
    note(conversation, { owner: to, revision, writtenAt })
  }

  async function change(conversation: string, from: string | null, to: string): Promise<string> {
    const before = knownOf(conversation)
    if (before !== undefined && before.owner !== from) return before.owner
    for (let tries = 1; ; tries += 1) {
      try {
        await write(conversation, to)
        return to
      } catch (error) {
        const owner = await look(conversation)
        // Renewed or forgotten meanwhile, it is still whose it was.
        const isUnchanged = owner === null || owner === from
        if (!isUnchanged) return owner
        if (tries === MAX_TRIES) throw error
      }
    }
  }

  return {
    of: (conversation) => knownOf(conversation)?.owner ?? null,
    owners: () => new Set([...known.values()].map(({ owner }) => owner)),
    goesOn: (conversation) => {
      const entry = knownOf(conversation)
      if (entry === undefined || now() - entry.writtenAt < RENEW_MS || renewing.has(conversation)) return
      renewing.add(conversation)
      // Where the broker cannot be asked, the next delivery tries again: there is a month for it.
      void change(conversation, entry.owner, entry.owner)
        .catch(() => undefined)
        .finally(() => renewing.delete(conversation))
    },
    change,
    reread: async () => {
      bucket = await open()
      known = await readAll(bucket)
    },
  }
}

const knownFrom = (entry: KvEntry): Known => ({
  owner: entry.string(),
  revision: entry.revision,
  writtenAt: entry.created.getTime(),
})

async function readAll(bucket: KV): Promise<Map<string, Known>> {
  const all = new Map<string, Known>()
  for await (const entry of await bucket.history()) if (entry.operation === 'PUT') all.set(entry.key, knownFrom(entry))
  return all
}
