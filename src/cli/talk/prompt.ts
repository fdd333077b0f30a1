// The prompt at the bottom of the terminal: a person types there while everything else is written above it.
import type { Key } from 'node:readline'
import type { Off } from '../../core/listeners.ts'
import type { Io } from '../io.ts'
import type { Colors } from '../output/colors.ts'
import { listenToRawKeys, PASTE_MARKS_OFF, PASTE_MARKS_ON } from '../session/raw-keys.ts'
import { createLineEditor } from './line-editor.ts'
import { type PromptView, promptRows } from './prompt-rows.ts'

export interface PromptOptions {
  readonly io: Pick<Io, 'footer' | 'prompt' | 'platform'>
  readonly colors: Colors
  /** Who speaks, and the status, as they are now. */
  readonly look: () => Pick<PromptView, 'speaker' | 'status'>
  /** A line was entered that is not empty. */
  readonly onLine: (text: string) => void
  /** The person wants no more: Ctrl-D in an empty line, or a terminal that is closed. */
  readonly onEnd: () => void
  /** The line as Tab completes it; `null` when there is nothing to complete. */
  readonly complete: (text: string) => string | null
}

export interface Prompt {
  /** Redraws it, where what it shows has changed. */
  refresh(): void
  /** Takes it away while somebody else has the terminal, until the returned function is called. What was typed stays. */
  lend(): Off
  /** Takes it away, and gives the terminal back as it was. Idempotent. */
  close(): void
}

const CLEAR = '\u001b[2J\u001b[H'

/** Opens the prompt, on an interactive terminal. */
// One story: what a key does depends on what was typed and pasted before it.
export function openPrompt({ io, colors, look, onLine, onEnd, complete }: PromptOptions): Prompt {
  const { footer, prompt: terminal } = io
  /** What was pasted so far; `null` when nothing is being pasted. */
  let pasted: string | null = null
  let isShown = true
  let willDraw = false

  const editor = createLineEditor((text) => {
    if (text.trim() !== '') onLine(text.trim())
  })

  function draw(): void {
    willDraw = false
    if (!isShown) return
    const { text, cursor } = editor
    footer.show(promptRows({ ...look(), text, cursor }, footer.size(), colors))
  }

  /** What is pasted, or typed ahead, comes as many keys at once: they are drawn together. */
  function refresh(): void {
    if (willDraw || !isShown) return
    willDraw = true
    queueMicrotask(draw)
  }

  function hide(): void {
    isShown = false
    footer.show(null)
    terminal.write(PASTE_MARKS_OFF)
  }

  function show(): void {
    isShown = true
    terminal.write(PASTE_MARKS_ON)
    draw()
  }

  function edit(text: string | undefined, key: Key): void {
    if (key.ctrl && key.name === 'd' && editor.text === '') return onEnd()
    if (key.ctrl && key.name === 'l') {
      footer.show(null)
      return void terminal.write(CLEAR)
    }
    if (key.name === 'tab') {
      const completed = complete(editor.text)
      return completed === null ? undefined : editor.replace(completed)
    }
    editor.press(text, key)
  }

  function onKey(text: string | undefined, key: Key): void {
    // It is about to end: what is typed now is for nobody.
    if (!isShown) return
    if (key.ctrl && key.name === 'c') return hide()
    if (key.name === 'paste-start') pasted = ''
    else if (key.name === 'paste-end') {
      editor.insert(pasted ?? '')
      pasted = null
    } else if (pasted !== null) pasted += text ?? ''
    else edit(text, key)
    refresh()
  }

  const listen = (): Off => listenToRawKeys({ onKey, onSuspend: hide, onContinue: show, onEnd }, io)
  let offKeys = listen()
  const offs: Off[] = [() => offKeys(), footer.onResize(refresh), editor.close]
  // Ended at once, by a second signal or an error, it leaves nothing behind either.
  process.once('exit', hide)
  show()
  return {
    refresh,
    lend: () => {
      offKeys()
      hide()
      return () => {
        if (offs.length === 0) return
        offKeys = listen()
        show()
      }
    },
    close: () => {
      if (offs.length === 0) return
      for (const off of offs.splice(0)) off()
      process.off('exit', hide)
      hide()
    },
  }
}
