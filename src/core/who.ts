// How a dev-hook calls itself to other dev-hooks, and to the people who meet it.
import { hostname, userInfo } from 'node:os'

/** `<user>@<host> pid <pid>` */
export const whoAmI = (): string => `${userInfo().username}@${hostname()} pid ${process.pid}`
