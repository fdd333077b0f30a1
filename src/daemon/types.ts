// What a run is given from the outside, and what the outside holds of it.
import type { Config } from '../config/load.ts'
import type { Reply } from '../core/delivery.ts'
import type { Failure } from '../core/errors.ts'
import type { Notices, RestoreResult, Totals } from '../core/notices.ts'
import type { Control } from '../core/ports.ts'
import type { RelayRole } from '../core/relay/relay-notices.ts'
import type { Redactor } from '../core/text/redact.ts'
import type { Handlers, RunOperation, SandboxOperation } from '../inspector/operations/table.ts'
import type { StreamSource } from '../inspector/stream.ts'
import type { TemplateContext } from '../protocol/templates/template.ts'

/** The emulated platform, as far as whoever looks at a run may ask it. */
export interface SandboxPort extends StreamSource {
  readonly handlers: Handlers<SandboxOperation>
  /** Whether there is a conversation with this id, of which nothing need have been delivered yet. */
  hasConversation(id: string): boolean
  /** What example events are made from: the conversation with this id, else the latest. */
  eventContext(conversation: string | null): TemplateContext
  /** Tells what an event was answered that did not come from the platform: it posts the messages that are in it. */
  answered(body: Buffer, reply: Reply): void
}

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
  /** What the bot finds in its environment on top of that: APIHOST and TOKEN of the sandbox. */
  readonly botEnv: Readonly<Record<string, string>>
  /** Whether the platform is emulated in this process, and gone with it: nothing is left then that could be put back. Default false. */
  readonly emulated?: boolean
  /** What may be asked of the platform that is emulated, and what it tells; absent without one. */
  readonly sandbox?: SandboxPort
  /** What it is to a relay; absent for a run without one. */
  readonly relay?: RelayRole
  /** Asks the person at the terminal a yes-or-no question; `null` where there is no terminal. */
  readonly ask: ((question: string, signal: AbortSignal) => Promise<boolean>) | null
  readonly notices: Notices
  /** Loads the config again after it was saved. */
  readonly reload: () => Promise<Config>
  /** Conceals every secret that the run meets. */
  readonly redactor: Redactor
}

/** How a run ended. */
export interface Stopped extends Totals {
  readonly restored: RestoreResult
  /** What kind of failure ended it; `null` for an end on request. */
  readonly failure: Failure | null
}

/** One run, from its start to its end. */
export interface Daemon {
  /**
   * Starts the run; resolves when everything is ready. Rejects with a `DevHookError`, `interrupted` if `stop` was called
   * before that, once everything that was acquired has been released.
   */
  start(): Promise<void>
  /** Ends the run in order, also during its start. Memoised; never rejects. */
  stop(): Promise<Stopped>
  /** Ends a run that is ready because of an error, which is announced and becomes its failure. Never rejects. */
  fail(cause: Error): Promise<Stopped>
  /** Resolves when the run has ended, for whatever reason. */
  readonly ended: Promise<Stopped>
  /** The public URL without credentials; `null` while there is none. */
  url(): string | null
  /** The address of the page of the inspector, with the token that lets a browser in: not to be logged. `null` while there is none. */
  pageLink(): string | null
  /** What the run has done so far. */
  totals(): Totals
  readonly control: Control
  /** What does the work of the operations, for whoever sits at the terminal of the run; `null` before its record is open. */
  operations(): Handlers<RunOperation> | null
  /** Aborted as soon as the run begins to end, for whatever reason. */
  readonly ending: AbortSignal
}
