// A list that grows at its end: whoever is at the end stays there, and whoever reads further up stays where they are.
import { useLayoutEffect, useRef } from 'preact/hooks'

/** So near to the end counts as there, in px. */
const NEAR = 40

/** For the element that scrolls. It goes to its end when `what` it shows is something else, and when what was added `isOwn`. */
export function useStayAtEnd(grown: number, what: string | null, isOwn: boolean): { current: HTMLOListElement | null } {
  const ref = useRef<HTMLOListElement>(null)
  const isAtEnd = useRef(true)
  const shown = useRef(what)
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    const look = (): void => {
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR
    }
    element.addEventListener('scroll', look, { passive: true })
    return () => element.removeEventListener('scroll', look)
  }, [])
  useLayoutEffect(() => {
    const isOther = shown.current !== what
    shown.current = what
    if (ref.current !== null && (isAtEnd.current || isOther || isOwn)) ref.current.scrollTop = ref.current.scrollHeight
  }, [grown, what])
  return ref
}
