// Keys at the terminal one by one, as they are pressed, while the terminal itself neither shows nor acts on them.
import { createInterface, emitKeypressEvents, type Key } from 'node:readline'
import { PassThrough } from 'node:stream'
import type { Off } from '../../core/listeners.ts'
import type { Io } from '../io.ts'

export interface KeyListener {
  /** A key was pressed: what it writes, if anything, and which one it is. */
  onKey(text: string | undefined, key: Key): void
  /** This process is about to stop, and the shell to get the terminal. */
  onSuspend?(): void
  /** The shell goes on with this process. */
  onContinue?(): void
  /** Nothing more will be pressed. */
  onEnd?(): void
}

/** Makes the terminal put what is pasted between two marks, so that its line breaks are not Enter. */
export const PASTE_MARKS_ON = '\u001b[?2004h'
export const PASTE_MARKS_OFF = '\u001b[?2004l'

/** How long Esc is waited for whether it is the beginning of another key, in ms: as long as over a slow line, and no longer. */
const ESCAPE_MS = 50

/** Listens, with Ctrl-C and Ctrl-Z doing what they do everywhere. Returns the function that gives the terminal back as it was. */
export function listenToRawKeys(listener: KeyListener, { platform }: Pick<Io, 'platform'>): Off {
  const { stdin } = process
  // Readline takes the time from a line that is edited, and there is none.
  const timing = createInterface({ input: new PassThrough(), escapeCodeTimeout: ESCAPE_MS })
  const onKey = (text: string | undefined, key: Key): void => {
    // In raw mode the terminal passes Ctrl-C on as a key; the signal's own rules hold for it. Sent to ourselves it would end
    // us at once on Windows.
    if (key.ctrl && key.name === 'c') process.emit('SIGINT', 'SIGINT')
    if (key.ctrl && key.name === 'z') suspend()
    else listener.onKey(text, key)
  }

  /**
   * Stops this process until the shell continues it, as Ctrl-Z does outside raw mode; the shell gets the terminal as it was. The whole
   * group is stopped: the package manager that has started dev-hook too, for which the shell waits.
   */
  function suspend(): void {
    if (platform === 'win32') return
    listener.onSuspend?.()
    stdin.setRawMode(false)
    // Without a listener it does what it does to every process.
    process.off('SIGTSTP', suspend)
    process.kill(0, 'SIGTSTP')
  }

  /** The shell may have changed the mode of the terminal meanwhile, and Node sets none that it takes for set. */
  function goOn(): void {
    stdin.setRawMode(false)
    stdin.setRawMode(true)
    process.off('SIGTSTP', suspend)
    process.on('SIGTSTP', suspend)
    listener.onContinue?.()
  }
  const onEnd = (): void => listener.onEnd?.()

  emitKeypressEvents(stdin, timing)
  stdin.setRawMode(true)
  stdin.on('keypress', onKey)
  process.on('SIGTSTP', suspend)
  stdin.on('end', onEnd)
  process.on('SIGCONT', goOn)
  // A question before this has paused it, and with it Ctrl-C.
  stdin.resume()
  return () => {
    process.off('SIGCONT', goOn)
    process.off('SIGTSTP', suspend)
    stdin.off('end', onEnd)
    stdin.off('keypress', onKey)
    stdin.setRawMode(false)
    stdin.pause()
    timing.close()
  }
}
