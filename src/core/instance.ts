// This dev-hook: its version, and the name under which other dev-hooks and people meet it.
import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'

const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

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
