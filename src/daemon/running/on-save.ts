// What a save means: the bot is started again, and a changed config takes effect where it can.
import { basename } from 'node:path'
import type { Config } from '../../config/load.ts'
import { OPTION_KEYS, type OptionKey } from '../../config/options.ts'
import { sourceFiles } from '../../config/source-files.ts'
import { type Clock, MONOTONIC } from '../../core/async.ts'
import { asDevHookError } from '../../core/errors.ts'
import { type Emit, type NoticeBody, warning } from '../../core/notices.ts'
import type { BotState } from '../../core/ports.ts'
import type { Change } from '../../watch/tree.ts'
import { startWatcher, type Watcher } from '../../watch/watcher.ts'
import type { Loop } from './judge-change.ts'
import { createLoopGuard } from './restart-loop-guard.ts'

export interface SavesOptions {
  readonly config: Config
  /** Loads the config again; rejects when it has become wrong. */
  readonly reload: () => Promise<Config>
  /** The command of the bot; `null` when somebody else runs it. */
  readonly command: readonly string[] | null
  /** Where the runs keep their state: it may be below the working folder. */
  readonly stateHome: string
  /** Called for a save, or, when that is not certain, for a change that the bot may have made itself. */
  readonly restart: (reason: string, certainty?: 'unsure') => void
  /** Called when other events are wanted: they are claimed at once. */
  readonly eventsChanged: (events: Config['events']) => void
  readonly emit: Emit
  readonly clock?: Clock
}

export interface SaveWatcher extends Watcher {
  /** Tells the watcher what the bot does: what is written after each of its starts is not a save. */
  botChanged(state: BotState): void
}

/** Watches until it is stopped; a save means nothing any more once `signal` is aborted. `null` when none could mean anything. */
export function watchSaves(options: SavesOptions, signal: AbortSignal): SaveWatcher | null {
  const { config, command, emit, clock = MONOTONIC } = options
  const supervised = command !== null
  if (config.watch === false) return null
  let files = sourceFiles(config)
  const reload = createReload(options, (next) => {
    files = sourceFiles(next)
  })
  const restarts = createRestarts(options, files, clock)

  const watcher = startWatcher({
    root: config.cwd,
    // A bot that somebody else runs is theirs to restart; then only the config is of interest.
    ...(supervised ? config.watch !== null && { paths: config.watch } : { paths: [] }),
    also: files,
    // Any word of it may be a file, and most are none.
    own: supervised && config.watch === null ? command : [],
    isPolling: config.poll,
    excluded: [options.stateHome],
    warn: (kind, message) => emit(warning(kind, message)),
    mayReturn: restarts.isStarting,
    clock,
    onChange: (change) => {
      if (supervised && !signal.aborted) restarts.onChange(change)
    },
    onBatch: (paths) => {
      if (!signal.aborted && paths.some((path) => files.includes(path))) reload()
    },
  })
  return {
    ...watcher,
    botChanged: restarts.botChanged,
    stop: async () => {
      restarts.stop()
      await watcher.stop()
    },
  }
}

/** Creates what takes a changed config into use where it can be. */
function createReload(
  { config, reload, eventsChanged, emit }: SavesOptions,
  onConfig: (next: Config) => void,
): () => void {
  let current = config
  let reloading = Promise.resolve()

  async function take(): Promise<void> {
    try {
      const next = await reload()
      const changed = changedKeys(current, next)
      const oddities = next.oddities.filter((oddity) => !current.oddities.includes(oddity))
      for (const oddity of oddities) emit(warning('dotEnvOdd', oddity))
      current = next
      onConfig(next)
      if (changed.includes('events')) eventsChanged(next.events)
      // What is again as it was at the start needs nothing.
      const apart = changedKeys(config, next)
      const rest = changed.filter((key) => key !== 'events' && apart.includes(key))
      if (rest.length > 0)
        emit(warning('restartNeeded', `changed, but takes effect only after a restart: ${rest.join(', ')}`))
    } catch (error) {
      emit(warning('configWrong', `the changed config is not in use: ${asDevHookError(error).lines.join('; ')}`))
    }
  }

  // One after the other: the last save is the one that counts.
  return () => {
    reloading = reloading.then(take)
  }
}

/** Creates what restarts the bot for changes: at once, for it may leave while the rest is being saved. */
function createRestarts({ restart, emit }: SavesOptions, files: readonly string[], clock: Clock) {
  const guard = createLoopGuard({
    clock,
    restart: (path) => restart(reasonOf(path), 'unsure'),
    onLoop: (paths, loop) => emit(loopWarning(paths, loop, files)),
  })
  /** What was requested since the bot was started: more would be no more than that. */
  let requested: { readonly reason: string; readonly isSure: boolean } | null = null
  let before: BotState['state'] | null = null

  return {
    isStarting: guard.isStarting,
    stop: guard.stop,
    onChange: (change: Change): void => {
      const judgement = guard.judge(change)
      const isSure = judgement === 'save'
      if (judgement === 'none' || requested?.isSure === true || (requested !== null && !isSure)) return
      requested = { reason: requested?.reason ?? reasonOf(change.path), isSure }
      restart(requested.reason, ...(isSure ? [] : (['unsure'] as const)))
    },
    botChanged: ({ state }: BotState): void => {
      // A bot that was ready and is not any more is still the same process.
      if (state === 'starting' && before !== 'ready') {
        guard.started()
        requested = null
      }
      if (state === 'ready') guard.ready()
      if (state === 'crashed' || state === 'stopped') guard.exited()
      before = state
    },
  }
}

const reasonOf = (path: string): string => `saved ${basename(path)}`

const SHOWN_FILES = 3

const LOOPS: Readonly<Record<Loop, string>> = {
  ignored: 'written again after each start of the bot, so that it no longer restarts the bot',
  slowed:
    'the bot is restarted again and again, each time soon after its start and after ever longer waits, because of',
  endless: 'written again and again while the bot runs, so that it restarts the bot only once it is left alone',
}

/** The warning about files that are written after each start; `config` are the files that are watched in any case. */
function loopWarning(paths: readonly string[], loop: Loop, config: readonly string[]): NoticeBody {
  const more = paths.length > SHOWN_FILES ? ` and ${paths.length - SHOWN_FILES} more` : ''
  const names = paths.slice(0, SHOWN_FILES).join(', ') + more
  const message = `${LOOPS[loop]}: ${names}`
  const isConfig = paths.every((path) => config.includes(path))
  return warning('savesLoop', message, ...(isConfig ? ['let the bot keep in another file what it writes'] : []))
}

/** The options whose values differ. Secrets are compared like the rest, and named, never shown. */
function changedKeys(before: Config, after: Config): OptionKey[] {
  return OPTION_KEYS.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
}
