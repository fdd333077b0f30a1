// The sandboxes that run on this machine, as other commands of the same user find them.
import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { repeat } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Off } from '../../core/listeners.ts'
import { hasProcess } from '../../core/processes.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { listBots } from '../../daemon/offline/find-bot.ts'
import { readLock } from '../../lock/lock.ts'
import { type LivingState, livingStates } from '../session/sandbox-state.ts'

/** A sandbox that runs; `folder` is the state folder of its bot, `null` while it is only starting. */
export interface RunningSandbox {
  readonly pid: number
  /** Where it was started. */
  readonly cwd: string
  readonly folder: string | null
}

/** Which sandbox is meant: by the rule, none, any, or that of a process. */
export type SandboxChoice = 'by rule' | 'never' | 'any' | number

/** Reads the flags `--sandbox [pid]` and `--no-sandbox`. Throws `usage`. */
export function readSandboxChoice(given: unknown): SandboxChoice {
  if (given === undefined) return 'by rule'
  if (typeof given === 'boolean') return given ? 'any' : 'never'
  const text = typeof given === 'string' ? given : ''
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new DevHookError('usage', `\`--sandbox ${oneLine(text)}\` is not the number of a process`)
}

/** Lists those whose process is alive: one that was killed does not count. */
export async function listSandboxes(parent?: string): Promise<readonly RunningSandbox[]> {
  return Promise.all((await livingStates(parent)).map(describe))
}

async function describe({ pid, cwd, folder }: LivingState): Promise<RunningSandbox> {
  for (const bot of await listBots(folder)) {
    const holder = await readLock(bot.folder)
    if (holder !== null && !holder.restoring) return { pid, cwd, folder: bot.folder }
  }
  return { pid, cwd, folder: null }
}

/**
 * The one that is chosen by its process; else the one that was started in this folder; else the only one. `null` when there is none.
 * Throws `usage`, which lists them, when several could be meant.
 */
export async function chooseSandbox(
  running: readonly RunningSandbox[],
  choice: SandboxChoice,
  cwd: string,
): Promise<RunningSandbox | null> {
  if (choice === 'never') return null
  if (typeof choice === 'number') {
    const chosen = running.find(({ pid }) => pid === choice)
    if (chosen !== undefined) return chosen
    throw new DevHookError('usage', [`no sandbox runs as process ${choice}`, ...listed(running)], { remedy: REMEDY })
  }
  const here = await sandboxesIn(running, cwd)
  const [only, ...others] = here.length > 0 ? here : running
  if (only === undefined || others.length === 0) return only ?? null
  throw new DevHookError('usage', ['several sandboxes are running:', ...listed([only, ...others])], { remedy: REMEDY })
}

/** Those that were started in a folder. */
export async function sandboxesIn(running: readonly RunningSandbox[], cwd: string): Promise<readonly RunningSandbox[]> {
  const path = resolve(cwd)
  const here = await realpath(path).catch(() => path)
  return running.filter((sandbox) => sandbox.cwd === here)
}

const REMEDY = 'choose one with the flag on its line'

const listed = (running: readonly RunningSandbox[]): readonly string[] =>
  running.map(({ pid, cwd }) => `  --sandbox ${pid}  in ${oneLine(cwd)}`)

/** How often it is looked whether a sandbox still runs, in ms. */
const LOOK_MS = 500

/** Watches for the end of a sandbox, with which its record goes; what is not of one has none. */
export function watchLife(sandbox: RunningSandbox | null): { readonly over: AbortSignal; readonly off: Off } {
  const end = new AbortController()
  const look = (): void => {
    if (sandbox !== null && !hasProcess(sandbox.pid)) end.abort()
  }
  return { over: end.signal, off: repeat(LOOK_MS, look) }
}
