// Telling a person that what a command shows comes from a sandbox, and from which one.
import type { Config } from '../../config/load.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import type { Io } from '../io.ts'
import type { RunningSandbox } from './running-sandboxes.ts'

/** Says it on stderr, unless a program reads along, or it is to be quiet. */
export function saySandbox(
  sandbox: RunningSandbox | null,
  {
    config,
    json,
    io,
  }: { readonly config: Pick<Config, 'quiet'>; readonly json: boolean; readonly io: Pick<Io, 'err'> },
): void {
  if (sandbox === null || json || config.quiet) return
  io.err(`· from the sandbox that runs in ${oneLine(sandbox.cwd)} (process ${sandbox.pid})`)
}
