// What every command begins with: its config, what must not be printed, where state is kept, and the name of this dev-hook.
import { type Config, type LoadContext, loadConfig } from '../config/load.ts'
import { flagName } from '../config/option-names.ts'
import { findStateHome } from '../config/state-home.ts'
import { secretsOf } from '../config/values.ts'
import { ERRORS } from '../core/errors.ts'
import { whoAmI } from '../core/instance.ts'
import { createRedactor, type Redactor } from '../core/text/redact.ts'
import type { Call } from './command-line/command.ts'
import { type Io, wantsColor, wantsJson } from './io.ts'
import { type Colors, colorsFor } from './output/colors.ts'
import { problemLines } from './output/problem-lines.ts'

/** A command whose config has not been read yet. */
export interface PreparedCommand {
  /** Knows every secret of the configs that were loaded. */
  readonly redactor: Redactor
  /** Finds the folder under which every bot keeps its state, and warns where it is not the one that is named. Throws `stateUnwritable`. */
  readonly stateHome: () => string
  /** `<user>@<host>`. */
  readonly who: string
  /** Loads the config, as its sources are now. Throws `usage` with everything that is wrong with it. */
  readonly load: () => Promise<Config>
}

/** A command with its config. */
export interface OpenCommand extends PreparedCommand {
  readonly config: Config
  /** Whether it writes JSON for programs in place of text for people. */
  readonly json: boolean
  /** The styles of what goes to stdout. */
  readonly colors: Colors
}

/** Prepares a command, for one that goes on even without a valid config. */
export function prepareCommand(
  { options, io }: Pick<Call, 'options' | 'io'>,
  more: Pick<LoadContext, 'newProfile'> = {},
): PreparedCommand {
  const { cwd, env, platform } = io
  const redactor = createRedactor()
  let found: string | undefined
  return {
    redactor,
    stateHome: () => {
      if (found !== undefined) return found
      const { folder, ignored } = findStateHome(env, platform)
      if (ignored !== null) warn(io, 'stateHomeIgnored', ignored)
      found = folder
      return folder
    },
    who: whoAmI(),
    load: async () => {
      const config = await loadConfig(options, {
        cwd,
        env,
        platform,
        sourceOf: (key) => `--${flagName(key)}`,
        print: io.err,
        ...more,
      })
      secretsOf(config).forEach(redactor.conceal)
      return config
    },
  }
}

/** What is odd before there is anything that announces it, as lines on stderr. */
function warn(
  { err, columns }: Pick<Io, 'err' | 'columns'>,
  kind: 'stateHomeIgnored' | 'dotEnvOdd' | 'configIgnored',
  message: string,
): void {
  const { code, remedy } = ERRORS[kind]
  problemLines('warning', { code, lines: [message], remedy }, columns('err')).forEach(err)
}

/** Opens a command: loads its config. Throws `usage` with everything that is wrong with it. */
export async function openCommand(
  call: Pick<Call, 'options' | 'io' | 'writesJson'>,
  more: Pick<LoadContext, 'newProfile'> = {},
): Promise<OpenCommand> {
  const prepared = prepareCommand(call, more)
  const config = await prepared.load()
  for (const oddity of config.oddities) warn(call.io, 'dotEnvOdd', oddity)
  for (const unread of config.unreadConfigs) warn(call.io, 'configIgnored', unread)
  const colors = colorsFor(wantsColor(config.color, call.io, 'out'))
  const json = wantsJson(config, call.io)
  call.writesJson(json)
  return { ...prepared, config, json, colors }
}
