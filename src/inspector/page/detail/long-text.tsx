// Text that may be very long: its beginning, and more of it when somebody asks.
import { useState } from 'preact/hooks'
import { formatSize } from '../../../core/text/size.ts'

const FIRST = 20_000
const MORE = 200_000

interface LongTextProps {
  /** How long it is, in characters. */
  readonly length: number
  /** Its first so many characters. */
  readonly start: (length: number) => string
}

export function LongText({ length, start }: LongTextProps) {
  const [shown, setShown] = useState(FIRST)
  const left = length - shown
  return (
    <>
      <pre class="code" tabIndex={0}>
        {start(shown)}
      </pre>
      {left > 0 ? (
        <button type="button" class="link" onClick={() => setShown(shown + MORE)}>
          more, {formatSize(left)} left
        </button>
      ) : null}
    </>
  )
}
