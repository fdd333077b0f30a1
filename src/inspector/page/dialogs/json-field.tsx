// A field for JSON, which says at which line and column the run finds a mistake.
import { useEffect, useRef, useState } from 'preact/hooks'
import { ask, problemOf } from '../model/api.ts'
import { later } from '../model/later.ts'
import { visible } from '../text/visible.ts'

interface JsonFieldProps {
  readonly label: string
  readonly text: string
  /** Whether it has to be JSON: a body that was none before need not become it. */
  readonly isJson: boolean
  readonly change: (text: string) => void
  /** Why the run has not taken it; `null` while it has not refused it. */
  readonly refused: string | null
}

/** Whoever types is not told after each letter. */
const SETTLE_MS = 150

interface Mistake {
  readonly message: string
  /** The place in the text; `null` where it is not known. */
  readonly at: number | null
}

export function JsonField({ label, text, isJson, change, refused }: JsonFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  const found = useMistake(text, isJson)
  const mistake = found ?? (refused === null ? null : { message: refused, at: null })
  return (
    <>
      <textarea
        ref={field}
        class="code"
        value={text}
        aria-label={label}
        aria-invalid={mistake !== null}
        aria-describedby="json-problem"
        spellcheck={false}
        autocapitalize="off"
        rows={18}
        onInput={({ currentTarget }) => change(currentTarget.value)}
      />
      <p id="json-problem" class="field-note" role="status">
        {mistake === null ? (
          <span class="soft">{isJson ? 'JSON; it is signed again' : 'text; it is signed again'}</span>
        ) : (
          <button
            type="button"
            class="link bad-text"
            onClick={() => {
              field.current?.focus()
              if (mistake.at !== null) field.current?.setSelectionRange(mistake.at, mistake.at + 1)
            }}
          >
            {visible(mistake.message)}
          </button>
        )}
      </p>
    </>
  )
}

/** What the run says of a text, a moment after it was changed; `null` while it says nothing. */
function useMistake(text: string, isJson: boolean): Mistake | null {
  const [said, setSaid] = useState<{ readonly of: string; readonly mistake: Mistake | null } | null>(null)
  useEffect(() => {
    if (!isJson) return
    const ending = new AbortController()
    const say = (mistake: Mistake | null): void => setSaid({ of: text, mistake })
    const cancel = later(() => {
      ask('checkJson', { text }, ending.signal).then(
        ({ mistake }) => say(mistake && { message: wordsOf(mistake), at: placeOf(text, mistake) }),
        (error: unknown) => ending.signal.aborted || say({ message: problemOf(error).message, at: null }),
      )
    }, SETTLE_MS)
    return () => {
      cancel()
      ending.abort()
    }
  }, [text, isJson])
  // Nothing is said of a text that has changed since.
  return said?.of === text ? said.mistake : null
}

interface Place {
  readonly line: number
  readonly column: number
}

const wordsOf = ({ line, column, message }: Place & { readonly message: string }): string =>
  `line ${line}, column ${column}: ${message}`

/** The index of a line and column, which count from 1. A text field has no other line breaks. */
const placeOf = (text: string, { line, column }: Place): number =>
  text
    .split('\n')
    .slice(0, line - 1)
    .reduce((sum, { length }) => sum + length + 1, column - 1)
