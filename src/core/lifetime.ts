// The order of release: what was acquired is released in reverse order, each within its limit, once.
import { setMaxListeners } from 'node:events'

/** Everything a run has acquired so far. */
export interface Lifetime {
  /** Aborted when the end begins; every wait of the run listens to it. */
  readonly signal: AbortSignal
  /** Begins the end without releasing anything yet, so that a start under way gives up first. */
  cancel(): void
  /** Registers the release of something on the line after its acquisition. `limitMs` bounds the wait for it. */
  add(name: string, release: () => Promise<void> | void, limitMs: number): void
  /** Releases everything, last acquired first. Memoised; never throws. */
  end(): Promise<void>
}

/** A release that threw, or did not finish within its limit. */
export type ReleaseFailed = (name: string, cause: unknown) => void

/** Creates an empty lifetime. A failing release is announced through `onReleaseFailed`, and the next one runs all the same. */
export function createLifetime(onReleaseFailed: ReleaseFailed): Lifetime {
  const controller = new AbortController()
  // Many waits of one run listen to it; Node takes more than ten for a leak.
  setMaxListeners(0, controller.signal)
  const releases: { name: string; release: () => Promise<void> | void; limitMs: number }[] = []
  let ending: Promise<void> | undefined

  async function releaseAll(): Promise<void> {
    controller.abort()
    for (let item = releases.pop(); item; item = releases.pop()) {
      const { name, release, limitMs } = item
      await within(limitMs, async () => release(), `${name} did not end within ${limitMs} ms`).catch((cause: unknown) =>
        onReleaseFailed(name, cause),
      )
    }
  }

  return {
    signal: controller.signal,
    cancel: () => controller.abort(),
    add: (name, release, limitMs) => void releases.push({ name, release, limitMs }),
    end: () => {
      ending ??= releaseAll()
      return ending
    },
  }
}

async function within(ms: number, work: () => Promise<void>, message: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms)
  })
  await Promise.race([work(), late]).finally(() => clearTimeout(timer))
}
