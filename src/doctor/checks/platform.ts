// Checks of the platform: the API, the bot's record, its webhook, and whose the webhook is.
import type { Config } from '../../config/load.ts'
import { ERRORS } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import { textIn } from '../../core/json.ts'
import type { Registered } from '../../core/ports.ts'
import { formatDuration } from '../../core/text/duration.ts'

import { botFolder } from '../../daemon/account/bot-identity.ts'
import { createOwnerProbe } from '../../daemon/other-dev-hooks.ts'
import { readLock } from '../../lock/lock.ts'

import { findOwner } from '../../platform/webhook/owner.ts'
import { isOurs, readSnapshot } from '../../platform/webhook/snapshot.ts'
import type { Facts } from '../facts.ts'
import { type Finding, failed, needs, notTried, passed, warned } from '../finding.ts'

export async function checkApi(facts: Facts): Promise<Finding> {
  const { ms } = await facts.api()
  const { apiHost } = await facts.config()
  return passed(`${apiHost} answers in ${formatDuration(ms)}`)
}

/** Tokens are refused, or refreshed too late, by more than this. */
const SKEW_BAD_MS = 5 * 60_000
const SKEW_NOTABLE_MS = 30_000

export async function checkClock(facts: Facts): Promise<Finding> {
  const { aheadMs } = await needs('api', facts.api())
  if (aheadMs === null) return passed('the platform’s answer has no date')
  const off = Math.abs(aheadMs)
  if (off <= 2_000) return passed('as the platform’s')
  const message = `${formatDuration(off)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the platform’s`
  if (off < SKEW_NOTABLE_MS) return passed(message)
  const remedy = 'set the clock of this machine, or let it be set over the network (NTP)'
  return off < SKEW_BAD_MS ? warned(message, remedy) : failed('failed', message, remedy)
}

export async function checkBot(facts: Facts): Promise<Finding> {
  const bot = await facts.bot()
  const { botId } = await facts.identity()
  const [name, status] = [textIn(bot, 'name'), textIn(bot, 'status')]
  return passed(`${name ?? 'without a name'} (${botId})${status === null ? '' : `, ${status}`}`)
}

export async function checkWebhook(facts: Facts): Promise<Finding> {
  const found = await facts.webhook()
  const { hook } = await facts.config()
  if (hook === 'manual') return passed('set by hand')
  if (found === null) return passed('no general webhook of ours; a run makes one')
  if ('why' in found) {
    return warned(
      found.message,
      `no action needed if setting it by hand is fine; otherwise: ${ERRORS[found.why].remedy}`,
    )
  }
  const { location, reading } = found
  return passed(`in ${location.label}: ${shown(reading.registered)}`)
}

function shown({ url, events, status }: Registered): string {
  if (url === null) return 'nothing registered'
  const subscribed = events === null ? 'all events' : events.join(', ')
  return `${withoutCredentials(url)}, ${subscribed}${status === null ? '' : `, ${status}`}`
}

export async function checkOwner(facts: Facts, signal: AbortSignal): Promise<Finding> {
  if ((await needs('config', facts.config())).hook === 'manual') return notTried('not checked: it is set by hand')
  const found = await needs('webhook', facts.webhook())
  const url = found !== null && 'reading' in found ? found.reading.registered.url : null
  const [{ botId }, config] = await Promise.all([facts.identity(), facts.config()])
  const folder = botFolder(facts.stateHome(), config.apiHost, botId)
  const [running, { snapshot }] = await Promise.all([readLock(folder), readSnapshot(folder)])
  if (snapshot !== null && isOurs(snapshot, url)) {
    if (running !== null) return passed(`a dev-hook that is running here: ${running.user}`)
    return warned(
      'a dev-hook of this machine that died',
      'run `dev-hook restore`, or start: it adopts what is to be put back',
    )
  }
  const owner = await findOwner(url, { snapshot, probe: createOwnerProbe(config) }, signal)
  if (owner.is === 'nobody') return passed('nobody: it is free')
  if (owner.is === 'us') return passed('a dev-hook on this machine')
  if (owner.is === 'somebody') return ofSomebody(config)
  const name = owner.who ?? withoutCredentials(owner.url)
  if (!owner.answers) return warned(`a dev-hook that is gone: ${name}`, 'nothing: a run replaces it')
  const theirs = `another dev-hook, which answers: ${name}`
  if (config.only !== null) return passed(`${theirs}; what \`--only\` does not match goes on there`)
  return failed('taken', theirs, ERRORS.taken.remedy)
}

function ofSomebody({ takeOver, only }: Config): Finding {
  if (takeOver && only !== null) return passed('somebody else; what `--only` does not match goes on there')
  if (takeOver) return passed('somebody else; it is taken over until the end of a run')
  return warned(
    'somebody else, not a dev-hook',
    'say yes when a run asks; where nobody can be asked, give `--take-over`',
  )
}

export async function checkSecret(facts: Facts): Promise<Finding> {
  const { secret } = await needs('config', facts.config())
  const found = await needs('webhook', facts.webhook())
  const registered = found !== null && 'reading' in found ? found.reading.registered.secret : null
  if (secret === null && registered === null) {
    const { remedy } = ERRORS.secretUnknown
    return warned('none is known: signatures are not checked', remedy)
  }
  if (registered === null) return passed('the one in SECRET; the platform shows none')
  if (secret === null) return passed('the registered one; a bot that is started after `--` is given it')
  if (secret === registered) return passed('SECRET is the registered one')
  return warned(
    'SECRET is not the registered one: deliveries are signed again for the bot',
    'copy the secret from the admin page into SECRET, as in production the bot would have the wrong one',
  )
}
