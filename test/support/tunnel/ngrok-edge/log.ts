// What the edge was asked and what it saw, in order, for tests to wait for and to look at.

/** One thing that happened. `session` counts from 1; `refused` is the number of the ngrok error code. */
type EdgeEntry = { readonly at: number } & (
  | { readonly kind: 'connection' | 'reset' }
  | {
      readonly kind: 'auth'
      readonly session: number
      /** The token itself is never kept. */
      readonly token: 'right' | 'wrong' | 'missing'
      readonly refused: number | null
    }
  | {
      readonly kind: 'bind'
      readonly session: number
      readonly domain: string
      readonly forwardsTo: string
      readonly refused: number | null
      readonly url: string | null
    }
  | { readonly kind: 'unbind' | 'heartbeat' | 'lost'; readonly session: number }
  | { readonly kind: 'request'; readonly method: string; readonly path: string; readonly status: number }
)

type EdgeKind = EdgeEntry['kind']
type Body<T> = T extends unknown ? Omit<T, 'at'> : never

/** The log and the ways to read it. */
export interface EdgeLog {
  add(entry: Body<EdgeEntry>): void
  /** Every entry of a kind so far, oldest first. */
  of<K extends EdgeKind>(kind: K): readonly (EdgeEntry & { readonly kind: K })[]
  /** Resolves when there are `count` entries of a kind, counted from the beginning. */
  until(kind: EdgeKind, count: number): Promise<void>
}

const isOf = <K extends EdgeKind>(entry: EdgeEntry, kind: K): entry is EdgeEntry & { readonly kind: K } =>
  entry.kind === kind

/** Creates an empty log. */
export function createEdgeLog(): EdgeLog {
  const entries: EdgeEntry[] = []
  const waiting = new Set<() => void>()
  const of: EdgeLog['of'] = (kind) => entries.filter((entry) => isOf(entry, kind))
  return {
    of,
    add: (entry) => {
      entries.push({ at: Date.now(), ...entry })
      for (const look of waiting) look()
    },
    until: (kind, count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (of(kind).length < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}
