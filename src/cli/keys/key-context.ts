// What the keys of a run work with: the run, the terminal, and what they are about now.
import type { Off } from '../../core/listeners.ts'
import type { Daemon } from '../../daemon/types.ts'
import type { Handlers, RunOperation } from '../../inspector/operations/table.ts'
import type { Io } from '../io.ts'
import type { KeyEvent, KeyState } from './key-state.ts'
import type { PageOpener } from './open-page.ts'

/** What decides which keys do something now. */
export interface KeyFacts {
  readonly is: KeyState['is']
  /** Whether a delivery is recorded that could be chosen. */
  readonly hasDeliveries: boolean
  readonly isPaused: boolean
  /** Whether dev-hook itself has started the bot. */
  readonly isSupervised: boolean
  readonly hasPage: boolean
  /** Whether the terminal can show a list that is redrawn. */
  readonly canDraw: boolean
  /** Whether a prompt comes back once no delivery is chosen any more. */
  readonly hasPrompt: boolean
}

export interface KeyContext {
  readonly daemon: Pick<Daemon, 'control' | 'stop' | 'pageLink'>
  readonly operations: Handlers<RunOperation>
  readonly io: Pick<Io, 'env' | 'platform' | 'outIsTerminal' | 'interactive' | 'columns'>
  readonly page: PageOpener
  /** Aborted when the run begins to end. */
  readonly ending: AbortSignal
  readonly state: () => KeyState
  readonly facts: () => KeyFacts
  readonly dispatch: (event: KeyEvent) => void
  /** Prints a line above what the keys show. */
  readonly say: (line: string) => void
  /** Says what is wrong with what was asked for. */
  readonly complain: (error: unknown) => void
  /** How many rows are seen at once, how many of a delivery that is read can be above those, and its lines. */
  readonly sight: () => { readonly page: number; readonly furthest: number; readonly lines: readonly string[] }
  /** Gives the terminal to another program, until the returned function is called. */
  readonly lend: () => Off
}
