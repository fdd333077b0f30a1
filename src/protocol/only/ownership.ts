// Whose a delivery is: what the filter matches is mine, and so is its conversation from then on.
import { createHash } from 'node:crypto'
import type { Json } from '../../core/json.ts'
import { createRecentMap } from '../../core/recent-map.ts'
import type { OnlyFilter } from './filter.ts'
import { conversationIn } from './subject.ts'

export interface Ownership {
  /** Whether a delivery with this payload is mine; makes its conversation mine where the filter matches. */
  isMine(payload: Json | null): boolean
  /** Whether a conversation has become mine. */
  owns(conversation: string): boolean
}

/** A longer id is kept as its digest. */
const MAX_ID = 200

/**
 * Creates the ownership of one run, with no conversation in it. At least `limit` conversations are kept, at most twice as many: beyond
 * that those go that have been quiet for longest, and are mine again once the filter matches something of them.
 */
export function createOwnership(filter: OnlyFilter, limit = 20_000): Ownership {
  const mine = createRecentMap<string, true>(limit)

  const owns = (conversation: string): boolean => {
    const id = bounded(conversation)
    const isKnown = mine.get(id) === true
    // A conversation that goes on stays.
    if (isKnown) mine.set(id, true)
    return isKnown
  }

  return {
    owns,
    isMine: (payload) => {
      const conversation = conversationIn(payload)
      if (conversation !== null && owns(conversation)) return true
      if (!filter(payload)) return false
      if (conversation !== null) mine.set(bounded(conversation), true)
      return true
    },
  }
}

const bounded = (id: string): string => (id.length <= MAX_ID ? id : createHash('sha1').update(id).digest('hex'))
