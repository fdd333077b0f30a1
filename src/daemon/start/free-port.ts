// The port of a bot that dev-hook starts, where nobody has named one: the usual one, or the next that is free, so that two bots run side by side.
import { portReadiness } from '../../bot/port-readiness.ts'
import type { Config } from '../../config/load.ts'
import { neverAborted } from '../../core/async.ts'
import type { Warn } from '../../core/notices.ts'

/** How many ports are tried. */
const MAX_TRIES = 20

/** The config, with a port for the bot on which nobody else listens; as it is where the port was named, or somebody else starts the bot. */
export async function withFreePort<C extends Pick<Config, 'target' | 'sources'>>(
  config: C,
  command: readonly string[] | null,
  warn: Warn,
): Promise<C> {
  const { target, sources } = config
  if (command === null || sources.port !== undefined || sources.forwardTo !== undefined) return config
  for (let port = target.port; port < target.port + MAX_TRIES; port += 1) {
    if (!(await portReadiness({ host: target.host, port }).isVacant(neverAborted()))) continue
    if (port === target.port) return config
    warn('botPortTaken', `another program listens on ${target.host}:${target.port}, so the bot gets port ${port}`)
    return { ...config, target: { ...target, port } }
  }
  return config
}
