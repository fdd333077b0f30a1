// One conversation at the relay: what is held of it, for whom, and the steps that must not overtake each other.
import { NO_CONVERSATION } from '../wire/subjects.ts'

export interface Lane {
  /** The conversation as a token. */
  readonly conversation: string
  /** For whom its held deliveries are kept; means nothing while there are none. */
  holder: string
  /** How many are held. */
  held: number
  /** Settles when what is being done with it now is done; `null` when nothing is. */
  busy: Promise<void> | null
  /** Settles when what is held has been sent, or cannot be for now; `null` when it is not being sent. */
  draining: Promise<void> | null
  /** What was sent live and has no outcome yet. */
  readonly live: Set<Promise<void>>
  /** What is held moves to somebody else, so that no more of it is sent. */
  moving: boolean
}

export interface RelayLanes {
  /** The lane of a conversation. `owner` tells apart those that belong to no conversation. */
  of(conversation: string, owner: string | null): Lane
  all(): readonly Lane[]
  /** Does a step of a lane after those before it; at once, when there are none. */
  enter(lane: Lane, step: () => Promise<void> | void): void
  /** Notes what is sent live until it has ended. It must not reject. */
  follow(lane: Lane, live: Promise<void>): void
}

/** Creates lanes; only those that have something to do are kept. */
export function createLanes(): RelayLanes {
  const lanes = new Map<string, Lane>()
  const keyOf = (conversation: string, owner: string | null): string =>
    owner === null ? conversation : `${conversation} ${owner}`
  const keyTo = ({ conversation, holder }: Lane): string =>
    keyOf(conversation, conversation === NO_CONVERSATION ? holder : null)

  function track(key: string, lane: Lane, working: Promise<void>): void {
    // A step reports by itself what goes wrong in it; those after it have their turn all the same.
    const busy = working
      .catch(() => undefined)
      .finally(() => {
        if (lane.busy !== busy) return
        lane.busy = null
        tidy(key, lane)
      })
    lane.busy = busy
  }

  function tidy(key: string, lane: Lane): void {
    const isIdle = lane.busy === null && lane.draining === null && lane.held === 0 && lane.live.size === 0
    if (isIdle && lanes.get(key) === lane) lanes.delete(key)
  }

  return {
    of: (conversation, owner) => {
      const key = keyOf(conversation, owner)
      const known = lanes.get(key)
      if (known !== undefined) return known
      const live = new Set<Promise<void>>()
      const lane: Lane = { conversation, holder: owner ?? '', held: 0, busy: null, draining: null, live, moving: false }
      lanes.set(key, lane)
      return lane
    },
    all: () => [...lanes.values()],
    enter: (lane, step) => {
      const key = keyTo(lane)
      if (lane.busy !== null) return track(key, lane, lane.busy.then(step))
      const working = step()
      if (working instanceof Promise) track(key, lane, working)
      else tidy(key, lane)
    },
    follow: (lane, live) => {
      lane.live.add(live)
      void live.then(() => {
        lane.live.delete(live)
        tidy(keyTo(lane), lane)
      })
    },
  }
}
