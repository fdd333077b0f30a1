// The likeliest mistake of all, said once: the bot has no webhook under the path that dev-hook forwards to.
import { isSuccess } from '../../core/delivery.ts'
import { type Emit, warning } from '../../core/notices.ts'

export interface UnroutedHintOptions {
  /** Where deliveries are forwarded to. */
  readonly path: string
  readonly emit: Emit
  /** The paths that the bot's source names as its routes. Never rejects. */
  readonly botRoutes: () => Promise<readonly string[]>
}

export interface UnroutedHint {
  /** Notes a status of the bot. Returns whether it says that there is nothing under the path. */
  answered(method: string, status: number): boolean
}

/** More than these are no hint. */
const MAX_ROUTES = 3

/** Creates the hint. A bot that has taken a delivery has a webhook there: what it answers after that is its own affair. */
export function createUnroutedHint({ path, emit, botRoutes }: UnroutedHintOptions): UnroutedHint {
  let isSettled = false

  async function say(method: string, status: number): Promise<void> {
    const others = (await botRoutes()).filter((route) => route !== path).slice(0, MAX_ROUTES)
    const [likeliest] = others
    const named = likeliest === undefined ? '' : `; its source names ${others.join(', ')}`
    const flag = likeliest === undefined ? '`--path`' : `\`--path ${likeliest}\``
    const message = `the bot answered ${status} to ${method} ${path}: it seems to have no webhook there${named}`
    emit(warning('botUnrouted', message, `name the path of its webhook with ${flag}`))
  }

  return {
    answered: (method, status) => {
      const isUnrouted = status === 404 || status === 405
      if (isUnrouted && !isSettled) void say(method, status)
      isSettled ||= isUnrouted || isSuccess(status)
      return isUnrouted
    },
  }
}
