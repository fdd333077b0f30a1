// The state folder of one bot, opened for one run: its lock and its journal.
import { remedyFor } from '../../core/errors.ts'
import { type Emit, warning } from '../../core/notices.ts'
import { openJournal, type RunJournal } from '../../journal/journal.ts'
import type { LockInfo } from '../../lock/lock.ts'
import { lockBot } from '../account/acquire-lock.ts'

/** The state folder of a bot, held by one run. */
export interface StateFolder {
  readonly journal: RunJournal
  /** Writes and closes the journal, then gives up the lock. */
  close(): Promise<void>
}

/** Locks the state folder of a bot for one run, and opens its journal. Throws `taken` when another run holds the bot. */
export async function openState(
  folder: string,
  holder: LockInfo,
  emit: Emit,
  signal: AbortSignal,
): Promise<StateFolder> {
  const lock = await lockBot(folder, holder, signal)
  try {
    const journal = await openJournal(folder, {
      onTrouble: (kind, message, cause) => emit(warning(kind, message, remedyFor(kind, cause))),
    })
    return {
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
