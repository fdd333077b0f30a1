// What a save means: the bot is started again, and a changed config takes effect where it can.
import { basename } from 'node:path'
import type { Config } from '../../config/load.ts'
import { OPTION_KEYS, type OptionKey } from '../../config/options.ts'
import { sourceFiles } from '../../config/source-files.ts'
import { messageOf } from '../../core/errors.ts'
import { type Emit, warning } from '../../core/notices.ts'
import { startWatcher, type Watcher } from '../../watch/watcher.ts'
import { createLoopGuard } from './restart-loop-guard.ts'

export interface SavesOptions {
  readonly config: Config
  /** Loads the config again; rejects when it has become wrong. */
  readonly reload: () => Promise<Config>
  readonly supervised: boolean
  /** Where the runs keep their state: it may be below the working folder. */
  readonly stateHome: string
  readonly restart: (reason: string) => void
  /** Other events are wanted: they are claimed at once. */
  readonly eventsChanged: (events: Config['events']) => void
  readonly emit: Emit
}

/** Watches until it is stopped; a save means nothing any more once `signal` is aborted. `null` when none could mean anything. */
export function watchSaves(options: SavesOptions, signal: AbortSignal): Watcher | null {
  const { config, supervised, restart, emit } = options
  if (config.watch === false) return null
  let current = config
  let reloading = Promise.resolve()
  const files = sourceFiles(config)

  const loops = createLoopGuard((path) =>
    emit(warning('savesLoop', `${path} keeps being saved, so it no longer restarts the bot`)),
  )

  async function reload(): Promise<void> {
    try {
      const next = await options.reload()
      const changed = changedKeys(current, next)
      current = next
      if (changed.includes('events')) options.eventsChanged(next.events)
      // What is again as it was at the start needs nothing.
      const apart = changedKeys(config, next)
      const rest = changed.filter((key) => key !== 'events' && apart.includes(key))
      if (rest.length > 0)
        emit(warning('restartNeeded', `changed, but takes effect only after a restart: ${rest.join(', ')}`))
    } catch (error) {
      emit(warning('configWrong', `the changed config is not in use: ${messageOf(error)}`))
    }
  }

  return startWatcher({
    root: config.cwd,
    // A bot that somebody else runs is theirs to restart; then only the config is of interest.
    ...(supervised ? config.watch !== null && { paths: config.watch } : { paths: [] }),
    also: files,
    left: [options.stateHome],
    warn: (kind, message) => emit(warning(kind, message)),
    // At once: the bot may leave while the rest is being saved, and is started again when that has come to rest.
    changing: (path) => {
      if (supervised && !signal.aborted && loops.counts(path)) restart(`saved ${basename(path)}`)
    },
    changed: (paths) => {
      if (signal.aborted) return
      // One after the other: the last save is the one that counts.
      if (paths.some((path) => files.includes(path))) reloading = reloading.then(reload)
    },
  })
}

/** The options whose values differ. Secrets are compared like the rest, and named, never shown. */
function changedKeys(before: Config, after: Config): OptionKey[] {
  return OPTION_KEYS.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
}
