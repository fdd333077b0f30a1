// What may start a bot that is not a program of this folder's own `package.json`.
import type { Manifest } from '../manifest.ts'
import type { PackageManager } from '../package-manager.ts'
import { startsInGo } from './go.ts'
import { startsInProcfile } from './procfile.ts'
import { startsInPython } from './python.ts'
import type { Start } from './start.ts'
import { startsInWorkspace } from './workspaces.ts'

/** Finds it: what a Procfile says, else whatever the code shows. */
export async function findStarts(
  cwd: string,
  manifest: Manifest | null,
  manager: PackageManager,
): Promise<readonly Start[]> {
  const said = await startsInProcfile(cwd)
  if (said.length > 0) return said
  const found = [startsInWorkspace(cwd, manifest, manager), startsInPython(cwd), startsInGo(cwd)]
  return (await Promise.all(found)).flat()
}

/** The one that is certain; `null` where there is none, or somebody has to choose. */
export const onlyStart = (starts: readonly Start[]): string | null =>
  starts.length === 1 && starts[0]?.certain === true ? starts[0].command : null
