// Keeps the focus on the page: when what has it goes away, the nearest thing that is left gets it.

/** What scrolls or lists can have it; in a dialog, a field. */
const TAKES_FOCUS = '[tabindex="0"], dialog :is(textarea, input, select)'

/** Puts the focus on what is nearest to an element, given with everything around it, of which some may be gone. */
export function focusNear(path: readonly EventTarget[]): void {
  for (const around of path) {
    if (!(around instanceof HTMLElement && around.isConnected)) continue
    const near = around.querySelector<HTMLElement>(TAKES_FOCUS) ?? around
    near.focus({ preventScroll: true })
    if (near === document.activeElement) return
  }
}

/** Watches the focus from now on. */
export function keepFocus({ document, MutationObserver }: Window & typeof globalThis): void {
  let path: readonly EventTarget[] = []
  document.addEventListener('focusin', (event) => {
    path = event.composedPath()
  })
  document.addEventListener('focusout', ({ target }) => {
    // Whoever clicks beside everything wants it nowhere; what is about to be taken away is gone a moment later. A window in the
    // background keeps it.
    queueMicrotask(() => {
      const isLeft = target instanceof Node && target.isConnected && document.activeElement === document.body
      if (isLeft && document.hasFocus()) path = []
    })
  })
  new MutationObserver(() => {
    const [had] = path
    if (!(had instanceof Node) || had.isConnected || document.activeElement !== document.body) return
    const lost = path
    path = []
    focusNear(lost)
  }).observe(document.body, { childList: true, subtree: true })
}
