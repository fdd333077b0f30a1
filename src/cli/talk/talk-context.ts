// What the words of the prompt work with.
import type { Control } from '../../core/ports.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { Colors } from '../output/colors.ts'
import type { People } from './people.ts'
import type { ShownDeliveries } from './shown-deliveries.ts'

export interface TalkContext {
  readonly sandbox: Sandbox
  readonly people: People
  readonly control: Pick<Control, 'restartBot' | 'isPaused' | 'hold' | 'release'>
  /** The short ids of deliveries on the screen, and what they brought. */
  readonly shownDeliveries: Pick<ShownDeliveries, 'find'>
  readonly colors: Colors
  /** Writes a line, which is harmless, to whoever types. */
  readonly print: (line: string) => void
  /** How many columns a line may take. */
  readonly columns: () => number
}
