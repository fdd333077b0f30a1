// The files that a config is read from.
import { relative } from 'node:path'
import { dotEnvOf, SHARED } from './dot-env.ts'
import { CONFIG_FILES } from './file.ts'
import type { Config } from './load.ts'

/** Every file that may change the config when it is saved, whether it exists or not; relative to the folder of the run. */
export function sourceFiles({ cwd, files, profile }: Pick<Config, 'cwd' | 'files' | 'profile'>): readonly string[] {
  const variables = profile === null ? [SHARED] : [SHARED, dotEnvOf(profile)]
  return [...new Set([...variables, ...CONFIG_FILES, ...files.map((file) => relative(cwd, file))])]
}
