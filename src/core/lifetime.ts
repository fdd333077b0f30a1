// The order of the end: what a run has acquired is released once, in the order of a table, each within its limit.
import { type Clock, createSharedAbort, MONOTONIC, raceTimeout } from './async.ts'

/** One row of the order of the end: what is released, and for how long that is waited for, in ms. */
export interface ReleaseStep<Name extends string> {
  readonly name: Name
  readonly limitMs: number
}

/** Everything that a run has acquired so far, and must release. */
export interface Lifetime<Name extends string> {
  /** Aborted when the end begins; every wait of the run takes this signal. */
  readonly signal: AbortSignal
  /** Aborts the signal without releasing anything yet, so that a start under way gives up first. */
  cancel(): void
  /**
   * Registers a release, on the line after the acquisition. Its place and its limit are those of its name in the order,
   * whenever it is added. Throws when something of that name is held already.
   */
  add(name: Name, release: () => Promise<void> | void): void
  /** Aborts the signal, then releases everything in the order. Memoised; never rejects. */
  end(): Promise<void>
}

/** Called with the name of a release that threw, or did not finish within its limit. */
export type OnReleaseFailed<Name extends string> = (name: Name, cause: unknown) => void

/**
 * Creates a lifetime that holds nothing yet; `order` has everything that may be added, in the order of the end. A release that
 * fails or hangs goes to `onReleaseFailed`, and the next one runs all the same.
 */
export function createLifetime<Name extends string>(
  order: readonly ReleaseStep<Name>[],
  onReleaseFailed: OnReleaseFailed<Name>,
  clock: Pick<Clock, 'after'> = MONOTONIC,
): Lifetime<Name> {
  const controller = createSharedAbort()
  const held = new Map<Name, () => Promise<void> | void>()
  const nextStep = (): ReleaseStep<Name> | undefined => order.find(({ name }) => held.has(name))
  let ending: Promise<void> | undefined

  async function releaseAll(): Promise<void> {
    controller.abort()
    for (let step = nextStep(); step; step = nextStep()) {
      const { name, limitMs } = step
      const release = held.get(name)
      held.delete(name)
      try {
        const released = await raceTimeout((async () => release?.())(), limitMs, clock)
        if (released === 'late') onReleaseFailed(name, new Error(`did not end within ${limitMs} ms`))
      } catch (cause) {
        onReleaseFailed(name, cause)
      }
    }
  }

  return {
    signal: controller.signal,
    cancel: () => controller.abort(),
    add: (name, release) => {
      if (held.has(name)) throw new Error(`${name} is held already`)
      held.set(name, release)
    },
    end: () => {
      ending ??= releaseAll()
      return ending
    },
  }
}
