// This dev-hook: its files, its version, and the name under which other dev-hooks and people meet it.
import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this package, absolute. The build puts this file, too, into a folder that is two below it (`config/bundle.mjs`). */
export const PACKAGE_FOLDER: string = resolve(fileURLToPath(new URL('../..', import.meta.url)))

/** The absolute path of a file of this package, which is given from its root, with slashes. */
export const packageFile = (path: string): string => join(PACKAGE_FOLDER, path)

const manifest: unknown = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'))

/** The version of this package, as its manifest has it. */
export const version: string =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0.0.0'

/** `<user>@<host> pid <pid>` */
export const whoAmI = (look = (): string => userInfo().username): string =>
  `${userName(look)}@${hostname()} pid ${process.pid}`

/** The same for every run of a person on a machine: `<user>@<host>`. */
export const withoutPid = (who: string): string => who.replace(/ pid \d+$/, '')

function userName(look: () => string): string {
  try {
    return look()
  } catch {
    // In a container the user may be a number that no name belongs to.
    return `uid${process.getuid?.() ?? ''}`
  }
}
