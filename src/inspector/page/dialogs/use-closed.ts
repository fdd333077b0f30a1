// Whether a dialog is still there when the answer comes that it waits for.
import { useEffect, useState } from 'preact/hooks'

/** A signal that is aborted when the component is taken away. */
export function useClosed(): AbortSignal {
  const [closing] = useState(() => new AbortController())
  useEffect(() => () => closing.abort(), [])
  return closing.signal
}
