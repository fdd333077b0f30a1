// A field for JSON, which says at which line and column something is wrong.
import { useRef } from 'preact/hooks'
import { jsonProblem } from '../text/json-problem.ts'
import { visible } from '../text/visible.ts'

interface JsonFieldProps {
  readonly label: string
  readonly text: string
  /** Whether it has to be JSON: a body that was none before need not become it. */
  readonly isJson: boolean
  readonly change: (text: string) => void
}

export function JsonField({ label, text, isJson, change }: JsonFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  const problem = isJson ? jsonProblem(text) : null
  return (
    <>
      <textarea
        ref={field}
        class="code"
        value={text}
        aria-label={label}
        aria-invalid={problem !== null}
        aria-describedby="json-problem"
        spellcheck={false}
        autocapitalize="off"
        rows={18}
        onInput={({ currentTarget }) => change(currentTarget.value)}
      />
      <p id="json-problem" class="field-note" role="status">
        {problem === null ? (
          <span class="soft">{isJson ? 'JSON; it is signed again' : 'text; it is signed again'}</span>
        ) : (
          <button
            type="button"
            class="link bad-text"
            onClick={() => {
              field.current?.focus()
              field.current?.setSelectionRange(problem.at, problem.at + 1)
            }}
          >
            line {problem.line}, column {problem.column}: {visible(problem.message)}
          </button>
        )}
      </p>
    </>
  )
}
