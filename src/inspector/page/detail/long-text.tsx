// Text that may be very long: its beginning, and more of it when somebody asks.
import { useState } from 'preact/hooks'
import { formatSize } from '../../../core/text/size.ts'

const FIRST = 20_000
const MORE = 200_000

export function LongText({ text }: { readonly text: string }) {
  const [length, setLength] = useState(FIRST)
  const left = text.length - length
  return (
    <>
      <pre class="code" tabIndex={0}>
        {text.slice(0, length)}
      </pre>
      {left > 0 ? (
        <button type="button" class="link" onClick={() => setLength(length + MORE)}>
          more, {formatSize(left)} left
        </button>
      ) : null}
    </>
  )
}
