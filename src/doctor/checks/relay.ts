// Checks of a developer's way to a relay: the broker, whether the relay answers there, and its clock.
import { DevHookError } from '../../core/errors.ts'
import { formatDuration } from '../../core/text/duration.ts'
import type { Facts } from '../facts.ts'
import { type Finding, needs, notTried, passed, warned } from '../finding.ts'

/** Proofs and tokens with a time in them are good for minutes. */
const MAX_AHEAD_MS = 30_000

export async function checkBroker(facts: Facts): Promise<Finding> {
  const { url, broker } = await facts.broker()
  const { version, isEncrypted, tooSmall } = broker
  const message = `${url}: nats-server ${version}, ${isEncrypted ? 'TLS' : 'no TLS, on this machine'}`
  if (tooSmall === null) return passed(message)
  return warned(
    `${message}; it takes no messages over ${tooSmall} bytes`,
    'set `max_payload` as `dev-hook relay init` does',
  )
}

export async function checkRelay(facts: Facts): Promise<Finding> {
  await needs('broker', facts.broker())
  const { name } = await facts.broker()
  try {
    const { bot, relay } = await facts.relay()
    return passed(`${relay} has bot ${bot}, and takes you as ${name}`)
  } catch (error) {
    // Most likely a run of one's own.
    if (error instanceof DevHookError && error.is('taken')) return notTried(error.message)
    throw error
  }
}

export async function checkRelayClock(facts: Facts): Promise<Finding> {
  await needs('broker', facts.broker())
  const { aheadMs } = await needs('relay', facts.relay())
  const off = Math.abs(aheadMs)
  if (off <= MAX_AHEAD_MS) return passed(`that of the relay differs by ${formatDuration(off)}`)
  const which = aheadMs > 0 ? 'ahead of' : 'behind'
  return warned(`that of the relay is ${formatDuration(off)} ${which} this one`, 'set both clocks by the network (NTP)')
}
