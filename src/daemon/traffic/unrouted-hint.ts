// Warns once of the likeliest mistake: the bot has no webhook at the path to which dev-hook forwards.
import { isSuccess } from '../../core/delivery.ts'
import { type Emit, warning } from '../../core/notices.ts'

export interface UnroutedHintOptions {
  /** The path to which deliveries are forwarded. */
  readonly path: string
  readonly emit: Emit
  /** Finds the routes that the bot's source names. Never rejects. */
  readonly botRoutes: () => Promise<readonly string[]>
}

export interface UnroutedHint {
  /** Reports the bot's status for a delivery. Returns whether it means that there is nothing at the path. */
  answered(method: string, status: number): boolean
}

/** How many routes the warning names: more are of no help. */
const MAX_ROUTES = 3

/** Creates the hint of a run. Once the bot has taken a delivery, it has a webhook there, and nothing is warned of any more. */
export function createUnroutedHint({ path, emit, botRoutes }: UnroutedHintOptions): UnroutedHint {
  let isSettled = false

  async function warn(method: string, status: number): Promise<void> {
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
      if (isUnrouted && !isSettled) void warn(method, status)
      isSettled ||= isUnrouted || isSuccess(status)
      return isUnrouted
    },
  }
}
