// The state folder of one bot: who holds it, and its journal.
import { type Emit, warning } from '../../core/notices.ts'
import type { Journal } from '../../core/ports.ts'
import { openJournal } from '../../journal/journal.ts'
import type { LockInfo } from '../../lock/lock.ts'
import { lockBot } from '../account/acquire-lock.ts'

export interface State {
  readonly folder: string
  readonly journal: Journal
  close(): Promise<void>
}

/** Opens it for this run alone. Throws `taken` when another run on this machine holds the bot. */
export async function openState(folder: string, holder: LockInfo, emit: Emit, signal: AbortSignal): Promise<State> {
  const lock = await lockBot(folder, holder, signal)
  try {
    const journal = await openJournal(folder, { onTrouble: (kind, message) => emit(warning(kind, message)) })
    return {
      folder,
      journal,
      close: async () => {
        await journal.close()
        await lock.close()
      },
    }
  } catch (error) {
    await lock.close()
    throw error
  }
}
