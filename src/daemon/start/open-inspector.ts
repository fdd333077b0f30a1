// The inspector of a run: opened beside the rest of the start, and never a reason for it to fail.
import { messageOf } from '../../core/errors.ts'
import { type Emit, warning } from '../../core/notices.ts'
import type { Inspector, InspectorOptions } from '../../inspector/server.ts'

export interface LateInspector {
  /** Opens it, or warns. Never rejects. */
  open(): Promise<void>
  close(): Promise<void>
}

/** Prepares it; it may be closed without having been opened. */
export function createLateInspector(options: InspectorOptions, emit: Emit): LateInspector {
  let inspector: Inspector | null = null
  return {
    open: async () => {
      try {
        // Its server takes longer to load than everything else: done while the tunnel opens.
        const { openInspector } = await import('../../inspector/server.ts')
        inspector = await openInspector(options)
      } catch (error) {
        emit(warning('inspectorFailed', `the inspector could not be opened: ${messageOf(error)}`))
      }
    },
    close: async () => inspector?.close(),
  }
}
