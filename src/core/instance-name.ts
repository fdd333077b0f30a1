// How a dev-hook calls itself to other dev-hooks, and to the people who meet it.
import { hostname, userInfo } from 'node:os'

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
