// Holds deliveries while the bot cannot take them, and releases them when it can.
import type { Emit } from '../../core/notices.ts'
import type { Bot, BotState } from '../../core/ports.ts'
import type { Traffic } from './traffic.ts'

/** Why deliveries are held, as people see it; `null` when the bot can take them. */
function reasonFor(state: BotState, supervised: boolean): string | null {
  switch (state.state) {
    case 'ready':
      return null
    case 'starting':
      return supervised ? 'bot starting' : 'nothing listens on the bot’s port'
    case 'stopping':
      return 'bot restarting'
    case 'crashed':
      return 'bot crashed'
    case 'stopped':
      return 'bot stopped'
    default:
      return state satisfies never
  }
}

export interface BotLink {
  /** With `true`, holds everything, whatever the bot does; with `false`, releases it as soon as the bot is ready. */
  pause(on: boolean): void
  isPaused(): boolean
  /** Why deliveries are held now, as people see it; `null` when they are not. */
  reason(): string | null
}

/** Links a bot with the queue: holds and releases by what the bot does, and announces that. */
export function linkBot(options: {
  readonly bot: Bot
  readonly traffic: Pick<Traffic, 'botGone'> & { readonly queue: Pick<Traffic['queue'], 'hold' | 'release'> }
  readonly emit: Emit
  readonly port: number
  readonly supervised: boolean
}): BotLink {
  const { bot, traffic, emit, port, supervised } = options
  let paused = false

  const reasonNow = (state: BotState): string | null => (paused ? 'paused' : reasonFor(state, supervised))

  const apply = (state: BotState): void => {
    const reason = reasonNow(state)
    if (reason === null) return traffic.queue.release()
    traffic.queue.hold(reason)
  }

  const announce = (state: BotState): void => {
    const code = state.state === 'crashed' || state.state === 'stopped' ? state.code : null
    const ms = state.state === 'ready' || state.state === 'crashed' ? state.ms : 0
    const lines = state.state === 'crashed' ? { lines: state.lines, ...(state.waits && { waits: state.waits }) } : {}
    const reason = state.state === 'stopping' && state.reason !== null ? { reason: state.reason } : {}
    emit({ type: 'bot', state: state.state, pid: state.pid, port, code, ms, ...lines, ...reason })
  }

  bot.on((state) => {
    announce(state)
    // Connections to a bot that is gone are dead: a delivery sent into one would count as interrupted.
    if (state.state !== 'ready') traffic.botGone()
    apply(state)
  })
  // A bot that dev-hook starts is announced with its process; one that it only watches is being looked for already.
  if (!supervised) announce(bot.current())
  apply(bot.current())

  return {
    pause: (on) => {
      paused = on
      apply(bot.current())
    },
    isPaused: () => paused,
    reason: () => reasonNow(bot.current()),
  }
}
