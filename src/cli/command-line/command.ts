// What a command is: its row in the table of commands, and how its handler is called.
import type { OptionKey, Options } from '../../config/options.ts'
import type { Io } from '../io.ts'

/** What a command is given. */
export interface Call {
  readonly options: Options
  /** The values of the command's own flags. */
  readonly own: Readonly<Record<string, unknown>>
  readonly words: readonly string[]
  /** What stands after `--`. */
  readonly command: readonly string[] | null
  readonly io: Io
  /** Says whether this command writes JSON, once it knows: an error that ends it is then written as JSON too. */
  readonly writesJson: (json: boolean) => void
}

/** Does the work; resolves to the exit code. */
export type CommandHandler = (call: Call) => Promise<number>

/** A flag of one command alone. */
interface OwnFlag {
  /** `--last <n>` */
  readonly flags: string
  readonly says: string
  /** What its value may be, for the completion of shells; several are joined by commas. */
  readonly choices?: readonly string[]
  /** It may be given several times: its value is then a list, in the order given. */
  readonly repeats?: true
  /** An empty value means something, or is for the command to explain; any other flag of its own takes none. */
  readonly mayBeEmpty?: true
}

export interface CommandSpec {
  readonly name: string
  readonly aliases: readonly string[]
  readonly description: string
  readonly usage: string
  readonly takesCommand: boolean
  /** Its stdout speaks a protocol: nothing else is written there, an error as JSON neither. */
  readonly isProtocol?: true
  /** Options of the table that it takes. */
  readonly options: readonly OptionKey[]
  /** Flags of its own. */
  readonly own?: readonly OwnFlag[]
  readonly words?: readonly string[]
  readonly examples: readonly (readonly [line: string, says: string])[]
  /** Loaded when it runs: `--help` must not pay for a tunnel. */
  readonly load: () => Promise<CommandHandler>
}
