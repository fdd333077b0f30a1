// The title of the page's tab: which bot it is about, and how much has arrived since somebody saw it last.
import type { Off } from '../../../core/listeners.ts'
import { later } from '../model/later.ts'
import type { Model, RunStatus } from '../model/model.ts'
import { visibleStart } from '../text/visible.ts'

/** How often the run is asked while nobody sees the page, in ms: there is no stream then. */
const LOOK_MS = 3_000

/** Keeps the title true from now on. */
export function keepTitle(
  document: Document,
  { status, connection, loadStatus }: Pick<Model, 'status' | 'connection' | 'loadStatus'>,
): void {
  let unseen = 0
  let last: RunStatus | null = null
  let cancel: Off = () => undefined

  function show(): void {
    const run = status.current()
    if (run === null) return
    // What another run has counted, it has counted since.
    const since = last === null ? run.deliveries : last.pid === run.pid ? last.deliveries : 0
    unseen = document.hidden ? unseen + Math.max(0, run.deliveries - since) : 0
    last = run
    document.title = `${unseen === 0 ? '' : `(${unseen}) `}${nameOf(run)} – dev-hook`
  }

  function look(): void {
    cancel = later(() => {
      if (connection.current().is !== 'refused') void loadStatus()
      look()
    }, LOOK_MS)
  }

  const turn = (): void => {
    cancel()
    show()
    if (document.hidden) look()
  }
  status.on(show)
  document.addEventListener('visibilitychange', turn)
  turn()
}

/** The folder is what people call their bot; the rest tells several apart that are started there. */
function nameOf({ folder, emulated, profile, botId }: RunStatus): string {
  return `${visibleStart(folder, 40)} ${emulated ? 'sandbox' : visibleStart(profile ?? botId, 40)}`.trim()
}
