// What a run is given from the outside.
import type { Config } from '../config/load.ts'
import type { Notices } from '../core/notices.ts'
import type { Redactor } from '../core/redact.ts'

export interface DaemonOptions {
  readonly config: Config
  /** What stands after `--`; `null` when somebody else runs the bot. */
  readonly command: readonly string[] | null
  readonly version: string
  /** `<user>@<host>`: how this dev-hook calls itself. */
  readonly who: string
  /** The folder under which every bot has its own. */
  readonly stateHome: string
  /** The environment of the bot, and of the other processes of a run. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What the bot finds there on top of it: APIHOST and TOKEN of the sandbox. */
  readonly botEnv: Readonly<Record<string, string>>
  /** Asks the person at the terminal; `null` where there is none. */
  readonly ask: ((question: string, signal: AbortSignal) => Promise<boolean>) | null
  readonly notices: Notices
  /** Loads the config again after it was saved. */
  readonly reload: () => Promise<Config>
  /** Learns every secret that the run meets. */
  readonly redactor: Redactor
}
