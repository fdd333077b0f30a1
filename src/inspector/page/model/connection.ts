// The stream of what happens: opened, lost and opened again, without missing a notice.
import { createListeners, createObservable, type Observable, type Off } from '../../../core/listeners.ts'
import type { Notice } from '../../../core/notices.ts'
import { STREAM_PATH } from '../../operations/locations.ts'
import { ask, RequestError } from './api.ts'

/** How the page is connected to the run. */
export type ConnectionState =
  | { readonly is: 'opening' }
  | { readonly is: 'open' }
  /** It is tried again. */
  | { readonly is: 'lost' }
  /** The token is wrong, or that of an earlier run. */
  | { readonly is: 'refused'; readonly message: string }
  /** The run has said that it ends. */
  | { readonly is: 'ended' }

export interface RunConnection {
  readonly state: Observable<ConnectionState>
  onNotice(listener: (notice: Notice) => void): Off
  /** Something may have been missed: what was loaded before is to be loaded again. */
  onGap(listener: () => void): Off
  close(): void
}

const AGAIN_MS = 1_500

/** Opens the stream, and keeps it open. */
export function openConnection(later: (run: () => void, ms: number) => Off): RunConnection {
  const notices = createListeners<Notice>()
  const gaps = createListeners<void>()
  const state = createObservable<ConnectionState>({ is: 'opening' })
  let source: EventSource | null = null
  let cancel: Off = () => undefined
  /** A stream that is opened again does not resume where the one before was lost. */
  let isReopened = false

  function open(): void {
    source = new EventSource(STREAM_PATH)
    source.addEventListener('open', () => {
      // Nothing is known of another run.
      if (isReopened || state.current().is === 'ended') gaps.emit()
      isReopened = false
      state.set({ is: 'open' })
    })
    source.addEventListener('message', ({ data }) => receive(String(data)))
    source.addEventListener('error', () => {
      // Whoever was refused, or told of the end, is asked again without a word, until something else is known.
      if (!isExplained()) state.set({ is: 'lost' })
      // The browser tries again by itself, unless the answer was not a stream.
      if (source?.readyState === EventSource.CLOSED) void explain()
    })
  }

  function receive(data: string): void {
    // It is the run's own line of JSON, as `--json` prints it.
    const notice = JSON.parse(data) as Notice | { readonly type: 'reset' } | { readonly type: 'end' }
    if (notice.type === 'reset') gaps.emit()
    else if (notice.type === 'end') state.set({ is: 'ended' })
    else notices.emit(notice)
  }

  function isExplained(): boolean {
    const { is } = state.current()
    return is === 'ended' || is === 'refused'
  }

  function refused(message: string): void {
    const now = state.current()
    if (now.is !== 'refused' || now.message !== message) state.set({ is: 'refused', message })
  }

  async function explain(): Promise<void> {
    const error: unknown = await ask('status', {}).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    if (error instanceof RequestError && (error.status === 401 || error.status === 403)) refused(error.message)
    else if (state.current().is === 'refused') state.set({ is: 'lost' })
    isReopened = true
    cancel = later(open, AGAIN_MS)
  }

  open()
  return {
    state,
    onNotice: notices.on,
    onGap: gaps.on,
    close: () => {
      cancel()
      source?.close()
    },
  }
}
