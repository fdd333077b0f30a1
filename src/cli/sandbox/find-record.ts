// Whose record a command works on: that of a real run, of a sandbox that runs, or of runs that have ended.
//
// The rule: a run of this bot that is alive wins; else the sandbox that was started in the working folder; else what was recorded of
// this bot; else the only sandbox there is. `--sandbox` asks for a sandbox whatever else runs, `--no-sandbox` for none.
import { join } from 'node:path'
import type { Config } from '../../config/load.ts'
import { DevHookError } from '../../core/errors.ts'
import { exists } from '../../core/files/exists.ts'
import { findRecordedBot, type RecordConfig } from '../../daemon/offline/find-bot.ts'
import { readLock } from '../../lock/lock.ts'
import { readSnapshot } from '../../platform/webhook/snapshot.ts'
import {
  chooseSandbox,
  listSandboxes,
  type RunningSandbox,
  type SandboxChoice,
  sandboxesIn,
} from './running-sandboxes.ts'

/** The state folder of a bot, and the sandbox that it is of, if it is of one. */
export interface FoundRecord {
  readonly folder: string
  readonly sandbox: RunningSandbox | null
}

export interface RecordRequest {
  readonly config: RecordConfig & Pick<Config, 'cwd'>
  readonly stateHome: () => string
  readonly choice: SandboxChoice
  /** Where sandboxes keep their state; the system's folder for what is temporary by default. */
  readonly sandboxesIn?: string
}

/** Finds it by the rule. Throws `botUnknown`, or `usage` where several sandboxes could be meant. */
export async function findRecord(request: RecordRequest): Promise<FoundRecord> {
  const { config, choice } = request
  if (choice === 'never') return { folder: await ofReal(request), sandbox: null }
  const running = (await listSandboxes(request.sandboxesIn)).filter(hasFolder)
  if (choice !== 'by rule') return required(await chooseSandbox(running, choice, config.cwd))
  const real = await ofReal(request).catch((error: unknown) => orError(error))
  if (typeof real === 'string' && (await readLock(real)) !== null) return { folder: real, sandbox: null }
  const here = await sandboxesIn(running, config.cwd)
  if (here.length > 0) return required(await chooseSandbox(here, 'any', config.cwd))
  if (typeof real === 'string' && (await exists(join(real, 'events')))) return { folder: real, sandbox: null }
  const chosen = await chooseSandbox(running, 'any', config.cwd)
  if (chosen !== null) return required(chosen)
  if (typeof real === 'string') return { folder: real, sandbox: null }
  throw real
}

/**
 * The sandbox whose status is meant: as by the rule, but that what a run has left behind at the platform is not hidden behind a
 * sandbox, nor is the platform where a bot is known and no sandbox was started here.
 */
export async function findStatusSandbox(request: RecordRequest): Promise<RunningSandbox | null> {
  const { config, choice } = request
  if (choice === 'never') return null
  const running = (await listSandboxes(request.sandboxesIn)).filter(hasFolder)
  if (choice !== 'by rule') return required(await chooseSandbox(running, choice, config.cwd)).sandbox
  if (running.length === 0) return null
  const real = await ofReal(request).catch((error: unknown) => orError(error))
  const isOwed =
    typeof real === 'string' && ((await readLock(real)) !== null || (await readSnapshot(real)).snapshot !== null)
  if (isOwed) return null
  const here = await sandboxesIn(running, config.cwd)
  if (here.length > 0) return chooseSandbox(here, 'any', config.cwd)
  return config.token === null ? chooseSandbox(running, 'any', config.cwd) : null
}

const ofReal = ({ config, stateHome }: RecordRequest): Promise<string> => findRecordedBot(config, stateHome())

/** That no bot is known may not matter, where there is a sandbox. */
function orError(error: unknown): DevHookError {
  if (error instanceof DevHookError && error.is('botUnknown')) return error
  throw error
}

const hasFolder = ({ folder }: RunningSandbox): boolean => folder !== null

function required(sandbox: RunningSandbox | null): FoundRecord {
  if (sandbox?.folder == null) throw noSandbox()
  return { folder: sandbox.folder, sandbox }
}

/** What is said where there is no sandbox. */
export const noSandbox = (): DevHookError =>
  new DevHookError('runUnreachable', 'no sandbox is running', {
    remedy: 'start one: `dev-hook sandbox -- <command that starts the bot>`',
  })
