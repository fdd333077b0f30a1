// The keys of a run at its terminal: they are listened to, and what they are about stands at the bottom.
import { aborted, after, ignoreAbort, onAbort, waitUntil } from '../../core/async.ts'
import { createListeners, type Off } from '../../core/listeners.ts'
import type { Notice, Notices } from '../../core/notices.ts'
import type { Daemon } from '../../daemon/types.ts'
import type { Handlers, RunOperation } from '../../inspector/operations/table.ts'
import type { Io } from '../io.ts'
import type { Colors } from '../output/colors.ts'
import type { FooterView } from '../output/footer.ts'
import { complaintLines } from '../screen/complaint-lines.ts'
import { listenToRawKeys, PASTE_MARKS_OFF, PASTE_MARKS_ON } from '../session/raw-keys.ts'
import { catchUp, list } from './deliveries.ts'
import { detailLines } from './detail-lines.ts'
import type { KeyContext, KeyFacts } from './key-context.ts'
import { keyLine } from './key-line.ts'
import { FOLLOWING, type KeyEvent, type KeyState, nextState, type ReadDelivery } from './key-state.ts'
import { actOf, keysNow } from './key-table.ts'
import { lineView, listedRows, listView, readRows, readView, rowsOf } from './key-view.ts'
import type { PageOpener } from './open-page.ts'
import { createPressedKeys } from './pressed-keys.ts'

export interface RunKeysOptions {
  readonly daemon: Pick<Daemon, 'control' | 'stop' | 'pageLink' | 'operations' | 'ending'>
  readonly io: Io
  readonly notices: Notices
  readonly page: PageOpener
  readonly colors: Colors
  /** Whether dev-hook itself has started the bot. */
  readonly isSupervised: boolean
  /** Whether lists are drawn at the bottom of the terminal; without that, keys do what needs none. */
  readonly canDraw: boolean
  /** Whether the line of keys is there while nothing is chosen. */
  readonly hasLine: boolean
  /** Whether they are there for one choice alone, and a prompt comes back after it. */
  readonly hasPrompt?: boolean
}

export interface RunKeys {
  /** Listens until the signal is aborted, or with `hasPrompt` until nothing is chosen any more; leaves the terminal as it was. */
  listen(signal: AbortSignal): Promise<void>
  /** Whether Ctrl-C is for an editor that has the terminal now. */
  ownsInterrupt(): boolean
}

/** A delivery that is read, laid out for so many columns. */
interface LaidOut {
  readonly delivery: ReadDelivery
  readonly columns: number
  readonly lines: readonly string[]
  readonly rows: readonly string[]
}

/** How soon a list is read again after something has happened, in ms. */
const SOON_MS = 100

/** What changes a list of deliveries. */
const ABOUT_DELIVERIES: ReadonlySet<Notice['type']> = new Set([
  'delivery',
  'replay',
  'attempt',
  'acknowledged',
  'passed',
  'rejected',
])

/** Creates the keys of a run that is about to start. */
// One story: what is drawn, and when the terminal is whose, depends on one state.
export function createRunKeys(options: RunKeysOptions): RunKeys {
  const { daemon, io, notices, page, colors, isSupervised, canDraw, hasLine, hasPrompt = false } = options
  const { footer } = io
  let state: KeyState = FOLLOWING
  let hasDeliveries = false
  let willDraw = false
  let willList: Off | null = null
  /** Laid out for the last picture, as it is for the next one most often. */
  let laidOut: LaidOut | null = null
  const left = createListeners<void>()

  const facts = (): KeyFacts => ({
    is: state.is,
    hasDeliveries,
    isPaused: daemon.control.isPaused(),
    isSupervised,
    hasPage: daemon.pageLink() !== null,
    canDraw,
    hasPrompt,
  })

  function layOut(delivery: ReadDelivery): LaidOut {
    const size = footer.size()
    if (laidOut?.delivery !== delivery || laidOut.columns !== size.columns) {
      const lines = detailLines(delivery, colors, new Date())
      laidOut = { delivery, columns: size.columns, lines, rows: rowsOf(lines, size) }
    }
    return laidOut
  }

  function sight(): ReturnType<KeyContext['sight']> {
    const size = footer.size()
    if (state.is !== 'reading') return { page: listedRows(size), furthest: 0, lines: [] }
    const { lines, rows } = layOut(state.delivery)
    const count = readRows(size)
    return { page: count, furthest: Math.max(0, rows.length - count), lines }
  }

  function view(): FooterView | null {
    const size = footer.size()
    const now = facts()
    const line = keyLine(keysNow(now), { columns: size.columns, status: now.isPaused ? '⏸ paused' : '' }, colors)
    switch (state.is) {
      case 'following':
        return hasLine ? lineView(line) : null
      case 'choosing':
        return listView(state.choice, line, size, colors)
      case 'reading':
        return readView(state, layOut(state.delivery).rows, line, size, colors)
      case 'editing':
      case 'ended':
        return null
      default:
        return state satisfies never
    }
  }

  function draw(): void {
    willDraw = false
    if (canDraw) footer.show(view())
  }

  /** Many notices may come at once: what they change is drawn together. */
  function refresh(): void {
    if (willDraw) return
    willDraw = true
    queueMicrotask(draw)
  }

  /** What goes away goes at once: what is written next is for somebody else. */
  function dispatch(event: KeyEvent): void {
    // What was still being looked up at the end: the terminal is somebody else's by now.
    if (state.is === 'ended') return
    state = nextState(state, event)
    if (state.is === 'following') left.emit()
    if (state.is === 'editing' || state.is === 'ended') draw()
    else refresh()
  }

  const complain = (error: unknown): void => {
    if (!daemon.ending.aborted) complaintLines(error, colors, io.columns('err')).forEach(io.err)
  }

  function listSoon(context: KeyContext): void {
    if (willList !== null || (state.is !== 'choosing' && state.is !== 'reading')) return
    willList = after(SOON_MS, () => {
      willList = null
      catchUp(context).catch(complain)
    })
  }

  async function chooseOnce(context: KeyContext, signal: AbortSignal): Promise<void> {
    await list(context, 'last')
    await ignoreAbort(
      waitUntil(() => (state.is === 'following' ? true : null), left.on, signal),
      signal,
    )
  }

  function hold(press: (key: string) => void): Off {
    const keys = createPressedKeys(press)
    if (canDraw) io.prompt.write(PASTE_MARKS_ON)
    const off = listenToRawKeys({ onKey: keys.add, onSuspend: hide, onContinue: show }, io)
    return () => {
      off()
      if (canDraw) io.prompt.write(PASTE_MARKS_OFF)
    }
  }

  function hide(): void {
    if (!canDraw) return
    footer.show(null)
    io.prompt.write(PASTE_MARKS_OFF)
  }

  function show(): void {
    if (!canDraw) return
    io.prompt.write(PASTE_MARKS_ON)
    draw()
  }

  async function listen(operations: Handlers<RunOperation>, signal: AbortSignal): Promise<void> {
    /** What was pressed is done one after the other. */
    let done: Promise<void> = Promise.resolve()
    const press = (key: string): void => {
      const act = actOf(key)
      if (act !== null) done = done.then(() => (state.is === 'ended' ? undefined : act(context))).catch(complain)
    }
    let giveBack = hold(press)
    const context: KeyContext = {
      daemon,
      operations,
      io,
      page,
      ending: daemon.ending,
      state: () => state,
      facts,
      dispatch,
      say: io.err,
      complain,
      sight,
      lend: () => {
        giveBack()
        const off = io.lend()
        return () => {
          off()
          giveBack = hold(press)
        }
      },
    }
    try {
      await listenUntilDone(context, signal)
      await done
    } finally {
      giveBack()
    }
  }

  async function listenUntilDone(context: KeyContext, signal: AbortSignal): Promise<void> {
    // What was printed so far is above what is drawn.
    await io.flushed()
    const { deliveries } = await context.operations.deliveries({ q: null, limit: 1, cursor: null }, signal)
    hasDeliveries = deliveries.length > 0
    const offs: readonly Off[] = [
      notices.on((notice) => {
        if (ABOUT_DELIVERIES.has(notice.type)) {
          hasDeliveries = true
          listSoon(context)
        }
        refresh()
      }),
      footer.onResize(refresh),
    ]
    refresh()
    if (hasPrompt) await chooseOnce(context, signal)
    else await aborted(signal)
    for (const off of offs) off()
    willList?.()
  }

  return {
    ownsInterrupt: () => state.is === 'editing',
    listen: async (signal) => {
      const operations = daemon.operations()
      if (operations === null || signal.aborted) return
      const end = (): void => dispatch({ type: 'ended' })
      const offEnding = onAbort(daemon.ending, end)
      process.once('exit', hide)
      try {
        await listen(operations, signal)
      } finally {
        process.off('exit', hide)
        offEnding()
        end()
      }
    },
  }
}
