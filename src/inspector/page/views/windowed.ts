// Windowing: of a long list of rows of equal height, only those that can be seen are drawn.
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

export interface Windowed {
  /** For the element that scrolls. */
  readonly ref: { current: HTMLDivElement | null }
  /** The first row that is drawn, and the one after the last. */
  readonly start: number
  readonly end: number
  readonly rowHeight: number
  /** How many are drawn at once, at most. */
  readonly pool: number
}

/** Drawn beyond what can be seen, at either end. */
const SPARE = 8

/** Which rows of a list are drawn. What is read stays where it is while rows come in above it, unless it is the top. */
export function useWindowed(count: number, newest: string | null, rowAt: (id: string) => number): Windowed {
  const ref = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState({ top: 0, height: 800, rowHeight: 30 })
  const before = useRef(newest)
  const isThere = count > 0

  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    const look = (): void => {
      const rowHeight = Number.parseFloat(getComputedStyle(element).getPropertyValue('--row')) || 30
      setPlace((last) =>
        last.top === element.scrollTop && last.height === element.clientHeight && last.rowHeight === rowHeight
          ? last
          : { top: element.scrollTop, height: element.clientHeight, rowHeight },
      )
    }
    const sizes = new ResizeObserver(look)
    sizes.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    look()
    return () => {
      sizes.disconnect()
      element.removeEventListener('scroll', look)
    }
    // While there are no rows, there is nothing that scrolls.
  }, [isThere])

  useLayoutEffect(() => {
    const element = ref.current
    const pushed = before.current === null ? 0 : rowAt(before.current)
    if (element !== null && element.scrollTop > 0 && pushed > 0) element.scrollTop += pushed * place.rowHeight
    before.current = newest
  }, [newest])

  const start = Math.max(0, Math.floor(place.top / place.rowHeight) - SPARE)
  const end = Math.min(count, Math.ceil((place.top + place.height) / place.rowHeight) + SPARE)
  const pool = Math.ceil(place.height / place.rowHeight) + 2 * SPARE + 2
  return { ref, start, end, rowHeight: place.rowHeight, pool }
}

/** Scrolls as little as needed for a row to be seen. */
export function reveal(element: HTMLElement, at: number, rowHeight: number): void {
  const top = at * rowHeight
  if (top < element.scrollTop) element.scrollTop = top
  else if (top + rowHeight > element.scrollTop + element.clientHeight)
    element.scrollTop = top + rowHeight - element.clientHeight
}
