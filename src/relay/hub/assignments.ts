// Whose a conversation is: kept on the broker, and changed by comparing with what was there.
import type { JetStreamClient } from '@nats-io/jetstream'
import { type KV, Kvm } from '@nats-io/kv'
import type { BotNames } from '../wire/subjects.ts'

export interface Assignments {
  /** The developer whose a conversation is, as far as is known here; `null` for nobody's. */
  of(conversation: string): string | null
  /** Everybody whose some conversation is. */
  owners(): ReadonlySet<string>
  /**
   * Makes a conversation somebody's who was `from` before; resolves to whose it is then: that of whoever was quicker, where it had
   * changed meanwhile. Rejects when the broker cannot be asked.
   */
  change(conversation: string, from: string | null, to: string): Promise<string>
  /** Reads all of them anew, as the broker has them now; one that has lost them has none. Rejects when it cannot be asked. */
  reread(): Promise<void>
}

/** A conversation that was quiet for so long is nobody's again. */
const FORGOTTEN_MS = 30 * 24 * 60 * 60 * 1000

/** Opens the assignments of a bot, all of them read. */
export async function openAssignments(client: JetStreamClient, names: BotNames): Promise<Assignments> {
  const open = (): Promise<KV> => new Kvm(client).create(names.assignments, { history: 1, ttl: FORGOTTEN_MS })
  let bucket = await open()
  let known = await readAll(bucket)

  /** Whose a conversation is at the broker now. */
  async function look(conversation: string): Promise<string | null> {
    const entry = await bucket.get(conversation)
    if (entry === null || entry.operation !== 'PUT') {
      known.delete(conversation)
      return null
    }
    const owner = entry.string()
    known.set(conversation, { owner, revision: entry.revision })
    return owner
  }

  return {
    of: (conversation) => known.get(conversation)?.owner ?? null,
    owners: () => new Set([...known.values()].map(({ owner }) => owner)),
    change: async (conversation, from, to) => {
      const before = known.get(conversation)
      if (before !== undefined && before.owner !== from) return before.owner
      try {
        const revision = await (before === undefined
          ? bucket.create(conversation, to)
          : bucket.update(conversation, to, before.revision))
        known.set(conversation, { owner: to, revision })
        return to
      } catch (error) {
        const owner = await look(conversation)
        if (owner === null) throw error
        return owner
      }
    },
    reread: async () => {
      bucket = await open()
      known = await readAll(bucket)
    },
  }
}

interface Known {
  readonly owner: string
  readonly revision: number
}

async function readAll(bucket: KV): Promise<Map<string, Known>> {
  const all = new Map<string, Known>()
  for await (const entry of await bucket.history())
    if (entry.operation === 'PUT') all.set(entry.key, { owner: entry.string(), revision: entry.revision })
  return all
}
