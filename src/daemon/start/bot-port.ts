// The port of a bot that dev-hook starts: the one that was named, else the usual one or the next that is free, so that several bots run side by side.
import { keeperOf, listenerOn } from '../../bot/port-owner.ts'
import { portReadiness } from '../../bot/port-readiness.ts'
import { reservePort } from '../../bot/port-reservation.ts'
import type { Config } from '../../config/load.ts'
import { neverAborted } from '../../core/async.ts'
import { isLoopback } from '../../core/http/loopback.ts'
import type { Off } from '../../core/listeners.ts'
import type { Warn } from '../../core/notices.ts'

type PortConfig = Pick<Config, 'target' | 'sources'>

/** A config with a port that is kept for its bot, until it is released. */
export interface BotPort<C extends PortConfig> {
  readonly config: C
  readonly release: Off
}

/** How many ports are tried. */
const MAX_TRIES = 20

const NOTHING_KEPT: Off = () => undefined

/**
 * Chooses the port of the bot, and keeps it from other dev-hooks. The config stays as it is where the port was named, where no port
 * is free, or where somebody else starts the bot, whose port is not ours to keep.
 */
export async function reserveBotPort<C extends PortConfig>(
  config: C,
  command: readonly string[] | null,
  warn: Warn,
): Promise<BotPort<C>> {
  const { target, sources } = config
  if (command === null || !isLoopback(target.host)) return { config, release: NOTHING_KEPT }
  if (sources.port !== undefined || sources.forwardTo !== undefined)
    return { config, release: (await reservePort(target.port)) ?? NOTHING_KEPT }
  let taken = ''
  for (let port = target.port; port < target.port + MAX_TRIES; port += 1) {
    const found = await tryPort(target.host, port)
    if (typeof found === 'string') {
      taken ||= found
      continue
    }
    if (port === target.port) return { config, release: found }
    warn('botPortTaken', `${taken}, so the bot gets port ${port}`)
    return { config: { ...config, target: { ...target, port } }, release: found }
  }
  return { config, release: NOTHING_KEPT }
}

/** Keeps a port on which nobody listens, and gives what releases it; else says who has it. */
async function tryPort(host: string, port: number): Promise<Off | string> {
  const release = await reservePort(port)
  if (release === null) return `${await keeperOf(port)} has ${host}:${port} over UDP, as a dev-hook does for its bot`
  if (await portReadiness({ host, port }).isVacant(neverAborted())) return release
  release()
  return `${await listenerOn(port)} listens on ${host}:${port}`
}
