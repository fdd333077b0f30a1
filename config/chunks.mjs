// Which sources go into one file of the package: those that a start loads together, as each file takes it half a millisecond.
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

/** What runs as long as a run does, beside it, and has to stay small. */
const CHILDREN = ['daemon/watchdog/child', 'tunnel/ngrok/child', 'config/modules/module-worker']
/** What programs import. */
const EXPORTED = ['index', 'kit/index', 'kit/matchers']
/** All that help needs. */
const HELP = ['cli/command-line/help']
/** What every other command line needs. */
const START = ['cli/run', 'cli/end-process']
/** What nearly every command needs then. */
const COMMAND = [...START, 'cli/open-command', 'cli/sandbox/find-record']

/** Lists what is recorded. */
const LIST = ['cli/commands/events']
/** Asks what runs, and ends it. */
const STATUS = ['cli/commands/status']
/** A run at the terminal. */
const RUN = ['cli/session/run-daemon']
/** A run against the sandbox. */
const SANDBOX = ['cli/commands/sandbox']
/** The sandbox alone, as the kit for tests has it. */
const KIT = ['kit/open-sandbox', 'kit/playback', 'kit/emit', 'kit/bot/bot-process']

/**
 * The files, the first that wants a source has it: what `of` needs, as far as `within` needs it too. What is in none of them is shared
 * out by who needs it. A run takes twenty of them in place of sixty.
 */
const FILES = [
  // All that `--version` loads.
  { name: 'instance', of: ['core/instance'] },
  { name: 'base', of: CHILDREN, within: COMMAND },
  { name: 'words', of: EXPORTED, within: HELP },
  { name: 'help', of: HELP },
  { name: 'core', of: EXPORTED, within: START },
  { name: 'start', of: START },
  { name: 'command', of: COMMAND },
  { name: 'record', of: LIST, within: RUN },
  { name: 'list', of: LIST },
  // Loaded by whoever sends the first request.
  { name: 'undici', of: ['../config/undici.mjs'] },
  { name: 'shared', of: KIT, within: RUN },
  { name: 'state', of: STATUS, within: RUN },
  { name: 'again', of: ['cli/commands/replay'], within: RUN },
  { name: 'made', of: ['cli/commands/trigger', 'cli/events/export'], within: RUN },
  { name: 'daemon', of: ['index'], within: RUN },
  { name: 'run', of: RUN },
  { name: 'platform', of: KIT, within: SANDBOX },
  { name: 'sandbox', of: SANDBOX },
]

/** The groups of rolldown's code splitting. */
export const chunkGroups = () =>
  FILES.map(({ name, of, within }, at) => {
    let wanted
    return {
      priority: FILES.length - at,
      name: (id, graph) => {
        wanted ??= [of, within ?? of].map((names) => needsOf(names, graph))
        return wanted.every((needed) => needed.has(id)) ? name : null
      },
    }
  })

/** Some sources, and all that they import without being asked. */
function needsOf(names, graph) {
  const needed = new Set(names.map((name) => join(SRC, extname(name) === '' ? `${name}.ts` : name)))
  // One that was moved would only be in another file, and every command load more than it needs.
  for (const id of needed) if (graph.getModuleInfo(id) === null) throw new Error(`${id} is not in the bundle`)
  // A set goes on with what is added to it meanwhile.
  for (const id of needed) for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) needed.add(imported)
  return needed
}
