// A broker in memory: what is held, and whose conversations are, with answers that come a little later.
import { type Clock, MONOTONIC, nextTurn } from '../../../src/core/async.ts'
import type { Delivery } from '../../../src/core/delivery.ts'
import type { Assignments } from '../../../src/relay/hub/assignments.ts'
import { createDispatcher, type Dispatcher } from '../../../src/relay/hub/dispatcher.ts'
import type { HeldStore } from '../../../src/relay/hub/held-store.ts'
import type { Recipients } from '../../../src/relay/hub/recipients.ts'

interface Kept {
  readonly seq: number
  readonly owner: string
  readonly conversation: string
  readonly delivery: Delivery
}

export interface MemoryBroker {
  readonly held: HeldStore
  readonly assignments: Assignments
  /** While it is away, everything rejects. */
  setAway(away: boolean): void
  readonly kept: () => readonly Kept[]
  /** The conversations that were said to go on, in order. */
  readonly goingOn: readonly string[]
}

/** Creates an empty one. */
export function memoryBroker(): MemoryBroker {
  const kept: Kept[] = []
  const goingOn: string[] = []
  const owners = new Map<string, string>()
  let seq = 0
  let away = false

  async function reach(): Promise<void> {
    await nextTurn()
    if (away) throw new Error('away')
  }

  return {
    kept: () => kept,
    goingOn,
    setAway: (now) => {
      away = now
    },
    held: {
      append: async (owner, conversation, delivery) => {
        await reach()
        if (kept.some((each) => each.owner === owner && each.delivery.id === delivery.id)) return
        seq += 1
        kept.push({ seq, owner, conversation, delivery })
      },
      first: async (owner, conversation) => {
        await reach()
        return kept.find((each) => each.owner === owner && each.conversation === conversation) ?? null
      },
      remove: async (owner, which) => {
        await reach()
        const at = kept.findIndex((each) => each.owner === owner && each.seq === which)
        if (at !== -1) kept.splice(at, 1)
      },
      counts: async () => {
        await reach()
        const counts = new Map<string, Map<string, number>>()
        for (const { owner, conversation } of kept) {
          const of = counts.get(owner) ?? new Map<string, number>()
          counts.set(owner, of.set(conversation, (of.get(conversation) ?? 0) + 1))
        }
        return counts
      },
    },
    assignments: {
      of: (conversation) => owners.get(conversation) ?? null,
      owners: () => new Set(owners.values()),
      goesOn: (conversation) => void goingOn.push(conversation),
      change: async (conversation, from, to) => {
        await reach()
        if ((owners.get(conversation) ?? null) === from) owners.set(conversation, to)
        return owners.get(conversation) ?? to
      },
      reread: reach,
    },
  }
}

/** A dispatcher at a broker whose developers are never gone for good, and where what nobody wants waits. */
export const dispatcherAt = (
  { held, assignments }: MemoryBroker,
  recipients: Pick<Recipients, 'isHere' | 'choose' | 'send'>,
  clock: Clock = MONOTONIC,
): Dispatcher =>
  createDispatcher({
    held,
    assignments,
    synced: async () => undefined,
    routed: () => undefined,
    clock,
    recipients: { isGone: () => false, fallback: '_', ...recipients },
  })
