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
  /** Something has changed of which no notice tells. */
  onChange(listener: () => void): Off
  /** Something may have been missed: what was loaded before is to be loaded again. */
  onGap(listener: () => void): Off
  close(): void
}

const AGAIN_MS = 1_500
/** The run lets hear from itself every 15 s: after so long without a word it is not there, whatever the browser thinks. */
const SILENCE_MS = 40_000
/** A browser has six connections for all pages of a run together: one that nobody sees lets its own go after so long. */
const HIDDEN_MS = 2_000

/** What comes on the stream: the run's own line of JSON, as `--json` prints it, and what is said of the stream itself. */
type Streamed = Notice | { readonly type: 'reset' } | { readonly type: 'end' } | { readonly type: 'changed' }

/** Opens the stream, and keeps it open while somebody looks at the page. */
// One story: the one connection, and all that can happen to it.
export function openConnection(
  document: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>,
  later: (run: () => void, ms: number) => Off,
  afterQuiet: (run: () => void, ms: number) => () => void,
): RunConnection {
  const notices = createListeners<Notice>()
  const changes = createListeners<void>()
  const gaps = createListeners<void>()
  const state = createObservable<ConnectionState>({ is: 'opening' })
  let source: EventSource | null = null
  let cancel: Off = () => undefined
  /** A stream that is opened again does not resume where the one before was lost. */
  let isReopened = false

  const heard = afterQuiet(() => {
    if (source === null) return
    if (!isExplained()) state.set({ is: 'lost' })
    reopen()
  }, SILENCE_MS)

  function open(): void {
    const opened = new EventSource(STREAM_PATH)
    source = opened
    heard()
    opened.addEventListener('open', () => {
      // Nothing is known of another run.
      if (isReopened || state.current().is === 'ended') gaps.emit()
      isReopened = false
      state.set({ is: 'open' })
    })
    opened.addEventListener('beat', heard)
    opened.addEventListener('message', ({ data }) => {
      heard()
      receive(String(data))
    })
    opened.addEventListener('error', () => {
      // Whoever was refused, or told of the end, is asked again without a word, until something else is known.
      if (!isExplained()) state.set({ is: 'lost' })
      // The browser tries again by itself, unless the answer was not a stream.
      if (opened.readyState === EventSource.CLOSED) void explain()
    })
  }

  function shut(): void {
    cancel()
    source?.close()
    source = null
    isReopened = true
  }

  function reopen(): void {
    shut()
    // Somebody may have looked away since it was to be opened again; once they look here, it is.
    if (!document.hidden) open()
  }

  function receive(data: string): void {
    const notice = JSON.parse(data) as Streamed
    if (notice.type === 'reset') gaps.emit()
    else if (notice.type === 'end') state.set({ is: 'ended' })
    else if (notice.type === 'changed') changes.emit()
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
    const asked = source
    const error: unknown = await ask('status', {}).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    if (asked !== source) return
    if (error instanceof RequestError && (error.status === 401 || error.status === 403)) refused(error.message)
    else if (state.current().is === 'refused') state.set({ is: 'lost' })
    cancel()
    cancel = later(reopen, AGAIN_MS)
  }

  /** A page that nobody sees has no stream; one that is seen again has one at once. */
  function look(): void {
    cancel()
    if (document.hidden) cancel = later(shut, HIDDEN_MS)
    else if (source === null || source.readyState === EventSource.CLOSED) reopen()
  }

  document.addEventListener('visibilitychange', look)
  if (document.hidden) isReopened = true
  else open()
  return {
    state,
    onNotice: notices.on,
    onChange: changes.on,
    onGap: gaps.on,
    close: () => {
      document.removeEventListener('visibilitychange', look)
      shut()
    },
  }
}
