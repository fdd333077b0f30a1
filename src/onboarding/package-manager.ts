// The package manager of a project, and the commands that it is told.
import { join } from 'node:path'
import type { Environment } from '../config/layers.ts'
import { exists } from '../core/files/exists.ts'
import type { Manifest } from './manifest.ts'

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun'

const LOCK_FILES: readonly (readonly [string, PackageManager])[] = [
  ['package-lock.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
]

const isManager = (name: string): name is PackageManager => LOCK_FILES.some(([, manager]) => manager === name)

/** Finds it: by its lock file, else as the manifest names it, else the one that has started dev-hook, else npm. */
export async function findPackageManager(
  cwd: string,
  manifest: Manifest | null,
  env: Environment,
): Promise<PackageManager> {
  for (const [file, manager] of LOCK_FILES) {
    if (await exists(join(cwd, file))) return manager
  }
  const named = [manifest?.packageManager?.split('@')[0], env['npm_config_user_agent']?.split('/')[0]]
  return named.find((name): name is PackageManager => name !== undefined && isManager(name)) ?? 'npm'
}

/** Installs what the manifest names. */
export const installCommand = (manager: PackageManager): string => `${manager} install`

/** Runs the script `start`. */
export const startScript = (manager: PackageManager): string =>
  manager === 'bun' ? 'bun run start' : `${manager} start`
