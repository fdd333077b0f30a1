// What is wrong with the connection to the run, and what to do.
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'

export function ConnectionBanner() {
  const state = useStore(useModel().connection, (now) => now)
  if (state.is === 'lost')
    return (
      <p class="banner warn" role="status">
        <b>Not connected.</b> dev-hook does not answer; this page tries again by itself. Start it again, and open the
        link that it prints if this one stays silent.
      </p>
    )
  if (state.is === 'refused')
    return (
      <p class="banner bad" role="alert">
        <b>Not let in:</b> {state.message}. The key <kbd>o</kbd> in its terminal opens it, too.
      </p>
    )
  if (state.is === 'ended')
    return (
      <p class="banner" role="status">
        <b>The run has ended.</b> What it recorded is in <code>dev-hook events</code>. Start it again, and open the link
        that it prints.
      </p>
    )
  return null
}
