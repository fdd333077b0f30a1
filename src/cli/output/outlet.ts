// A way out of the process for lines: it never waits for whoever reads them, and holds no more than so many.
import { type Clock, firstOf, neverAborted, untilQuiet } from '../../core/async.ts'
import { createListeners, type Off } from '../../core/listeners.ts'
import { createLineQueue, type Dropped, type TakenLines } from './line-queue.ts'

/** A way out: a terminal, a file or a pipe. */
export interface Outlet {
  /** Writes text of so many whole lines, now or later. Where too much waits it is dropped and counted, if `dropped` is given. */
  write(text: string, lines: number, dropped: Dropped | null): void
  /** Keeps what is written from now on, as far as there is room for it, until the returned function is called. */
  hold(): Off
  /** Resolves when everything is written, or nobody reads it any more. */
  drained(): Promise<void>
  /** Resolves when everything is written that may not be dropped, or nobody reads it any more. */
  settled(): Promise<void>
  /** Is called whenever somebody has read on. */
  onAdvanced(listener: () => void): Off
}

/**
 * Writes text, at once or until the promise resolves. `false` when it did not get through; never rejects. `advanced` is called when
 * a part of it was taken.
 */
export type SendText = (text: string, advanced: () => void) => boolean | Promise<boolean>

/** How much waits for a slow reader, in UTF-16 code units. */
const MAX_WAITING = 256 * 1024

/** Creates an outlet over `send`, which has one piece of text to write at a time. */
export function createOutlet(send: SendText, most = MAX_WAITING): Outlet {
  const queue = createLineQueue(most)
  const advanced = createListeners<void>()
  let underWay: TakenLines | null = null
  let isHeld = false

  function pump(): void {
    while (!isHeld && underWay === null && !queue.isEmpty()) {
      const batch = queue.take()
      const sent = send(batch.text, () => advanced.emit())
      if (sent === false) queue.lose(batch)
      if (typeof sent === 'object') void finish(batch, sent)
    }
    advanced.emit()
  }

  async function finish(batch: TakenLines, sent: Promise<boolean>): Promise<void> {
    underWay = batch
    if (!(await sent)) queue.lose(batch)
    underWay = null
    pump()
  }

  const until = (isOver: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      if (isOver()) return resolve()
      const off = advanced.on(() => {
        if (!isOver()) return
        off()
        resolve()
      })
    })

  return {
    write: (text, lines, dropped) => {
      queue.add(text, lines, dropped)
      pump()
    },
    hold: () => {
      isHeld = true
      return () => {
        isHeld = false
        pump()
      }
    },
    drained: () => until(() => underWay === null && queue.isEmpty()),
    settled: () => until(() => underWay?.owed !== true && !queue.owes()),
    onAdvanced: advanced.on,
  }
}

/** Resolves when all of them are drained, or when nobody has read on for `stoppedMs`. */
export function drainedOrStopped(
  outlets: readonly Outlet[],
  stoppedMs: number,
  clock?: Pick<Clock, 'after'>,
): Promise<unknown> {
  const onAdvanced = (listener: () => void): Off => {
    const offs = outlets.map((outlet) => outlet.onAdvanced(listener))
    return () => {
      for (const off of offs) off()
    }
  }
  const drained = Promise.all(outlets.map((outlet) => outlet.drained()))
  return firstOf<unknown>(
    neverAborted(),
    () => drained,
    (over) => untilQuiet(stoppedMs, () => false, onAdvanced, over, clock),
  )
}
