// The config of a command, from its flags and the outside.
import { type Config, loadConfig } from '../config/load.ts'
import { flagName } from '../config/options.ts'
import type { Call } from './command.ts'

/** Loads it. Sources are named as people know them: `--port`. */
export function loadFor({ options, io }: Pick<Call, 'options' | 'io'>): Promise<Config> {
  const { cwd, env, platform } = io
  return loadConfig(options, { cwd, env, platform, sourceOf: (key) => `--${flagName(key)}` })
}
