// The operations of one run, whoever asks for them: its keys, its page, other commands.
import { onAbort } from '../../core/async.ts'
import type { Handlers, RunOperation } from '../../inspector/operations/table.ts'
import { changeOf } from '../../inspector/stream.ts'
import type { Run } from '../run.ts'
import { createPrintedLines } from '../running/bot-output.ts'
import { createReplayOnSave } from '../running/replay-on-save.ts'
import type { Account } from '../start/local-phases.ts'
import type { StateFolder } from '../start/open-state.ts'
import { createRunHandlers } from './run-handlers.ts'
import { createTriggering } from './triggering.ts'

/** Creates what does their work, for a run whose journal is open. */
export function createOperations(
  run: Run,
  { folder, botId, tokens }: Pick<Account, 'folder' | 'botId' | 'tokens'>,
  { journal }: Pick<StateFolder, 'journal'>,
): Handlers<RunOperation> {
  const triggering = createTriggering(run, { folder, botId, token: () => tokens().token })
  const { options, emit, control, lifetime, changes } = run
  const replayOnSave = createReplayOnSave({
    notices: options.notices,
    emit,
    isSupervised: options.command !== null,
    summaries: () => journal.summaries(),
    replay: (id) => control.replay(id, null),
    changed: () => changes.emit(changeOf('replay-on-save')),
  })
  const printed = createPrintedLines()
  onAbort(lifetime.signal, () => replayOnSave.set(null))
  Object.assign(run.parts, { triggering, replayOnSave, printed })
  return createRunHandlers(run, journal, { botId, events: triggering.handlers, replayOnSave, printed })
}
