// Where this package comes from, as a manifest names it.
import { relative, resolve, sep } from 'node:path'
import { PACKAGE_FOLDER, version } from '../core/instance.ts'
import { textIn, valueIn } from '../core/json.ts'
import { installedManifest } from './manifest.ts'

/** The name of this package. */
export const OWN_NAME = 'dev-hook'

/**
 * What stands beside the name of this package in the `devDependencies` of a project: a range of versions, or `file:` with the way
 * to a copy that does not come from a registry.
 */
export async function ownSpec(cwd: string, folder: string = PACKAGE_FOLDER): Promise<string> {
  const range = `^${version}`
  const modules = `${sep}node_modules${sep}`
  if (!folder.includes(modules)) return fileSpec(relative(cwd, folder) || '.')
  // npx notes in a manifest of its own what it was asked for.
  const holder = folder.slice(0, folder.lastIndexOf(modules))
  if (!holder.includes(`${sep}_npx${sep}`)) return range
  const spec = textIn(valueIn(await installedManifest(holder), 'dependencies'), OWN_NAME)
  if (spec === null || !spec.startsWith('file:')) return range
  return fileSpec(resolve(holder, spec.slice('file:'.length)))
}

const fileSpec = (path: string): string => `file:${path.replaceAll('\\', '/')}`
