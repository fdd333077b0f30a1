// The platform: the API, the bot's record, its webhook and whose that is.

import type { Config } from '../../config/load.ts'
import { formatDuration } from '../../core/duration.ts'
import { ERRORS } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import { textIn } from '../../core/json.ts'
import type { Registered } from '../../core/ports.ts'

import { botFolder } from '../../daemon/account/bot-identity.ts'
import { createOwnerProbe } from '../../daemon/start/open-registration.ts'
import { readLock } from '../../lock/lock.ts'

import { findOwner } from '../../platform/webhook/owner.ts'
import { isOurs, readSnapshot } from '../../platform/webhook/snapshot.ts'
import type { Facts } from '../facts.ts'
import { bad, type Finding, needs, notable, well } from '../finding.ts'

export async function checkApi(facts: Facts): Promise<Finding> {
  const { ms } = await facts.api()
  const { apiHost } = await facts.config()
  return well(`${apiHost} answers in ${formatDuration(ms)}`)
}

/** Tokens are refused, or refreshed too late, by more than this. */
const SKEW_BAD_MS = 5 * 60_000
const SKEW_NOTABLE_MS = 30_000

export async function checkClock(facts: Facts): Promise<Finding> {
  const { aheadMs } = await needs('api', facts.api())
  if (aheadMs === null) return well('the platform does not tell its time')
  const off = Math.abs(aheadMs)
  if (off <= 2_000) return well('as the platform’s')
  const told = `${formatDuration(off)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the platform’s`
  if (off < SKEW_NOTABLE_MS) return well(told)
  const remedy = 'set the clock of this machine, or let it be set over the network (NTP)'
  return off < SKEW_BAD_MS ? notable(told, remedy) : bad('failed', told, remedy)
}

export async function checkBot(facts: Facts): Promise<Finding> {
  const bot = await facts.bot()
  const { botId } = await facts.identity()
  const [name, status] = [textIn(bot, 'name'), textIn(bot, 'status')]
  return well(`${name ?? 'without a name'} (${botId})${status === null ? '' : `, ${status}`}`)
}

export async function checkWebhook(facts: Facts): Promise<Finding> {
  const found = await facts.webhook()
  const { hook } = await facts.config()
  if (hook === 'manual') return well('set by hand')
  if (found === null) return well('no general webhook of ours; a run makes one')
  if ('why' in found) {
    return notable(found.message, `nothing, if setting it by hand is fine; else: ${ERRORS[found.why].remedy}`)
  }
  const { location, reading } = found
  return well(`in ${location.label}: ${shown(reading.registered)}`)
}

function shown({ url, events, status }: Registered): string {
  if (url === null) return 'nothing registered'
  const subscribed = events === null ? 'all events' : events.join(', ')
  return `${withoutCredentials(url)}, ${subscribed}${status === null ? '' : `, ${status}`}`
}

export async function checkOwner(facts: Facts, signal: AbortSignal): Promise<Finding> {
  if ((await needs('config', facts.config())).hook === 'manual') return well('not looked at: it is set by hand')
  const found = await needs('webhook', facts.webhook())
  const url = found !== null && 'reading' in found ? found.reading.registered.url : null
  const [{ botId }, config] = await Promise.all([facts.identity(), facts.config()])
  const folder = botFolder(facts.stateHome, config.apiHost, botId)
  const [running, { snapshot }] = await Promise.all([readLock(folder), readSnapshot(folder)])
  if (snapshot !== null && isOurs(snapshot, url)) {
    if (running !== null) return well(`a dev-hook that runs here now: ${running.user}`)
    return notable(
      'a dev-hook of this machine that died',
      'run `dev-hook restore`, or start: it adopts what is to be put back',
    )
  }
  const owner = await findOwner(url, createOwnerProbe(config.proxies), signal)
  if (owner.is === 'nobody') return well('nobody: it is free')
  if (owner.is === 'us') return well('a dev-hook of this machine')
  if (owner.is === 'somebody') return ofSomebody(config)
  const name = owner.who ?? withoutCredentials(owner.url)
  if (!owner.answers) return notable(`a dev-hook that is gone: ${name}`, 'nothing: a run replaces it')
  return bad('taken', `another dev-hook, which answers: ${name}`, ERRORS.taken.remedy)
}

function ofSomebody({ takeOver }: Config): Finding {
  if (takeOver) return well('somebody else; it is taken over until the end of a run')
  return notable(
    'somebody else: not dev-hook’s',
    'say yes when a run asks; where nobody can be asked, give `--take-over`',
  )
}

export async function checkSecret(facts: Facts): Promise<Finding> {
  const { secret } = await needs('config', facts.config())
  const found = await needs('webhook', facts.webhook())
  const registered = found !== null && 'reading' in found ? found.reading.registered.secret : null
  if (secret === null && registered === null) {
    const { remedy } = ERRORS.secretUnknown
    return notable('none is known: signatures are not checked', remedy)
  }
  if (registered === null) return well('the one in SECRET; the platform shows none')
  if (secret === null) return well('the registered one; a bot that is started after `--` is given it')
  if (secret === registered) return well('SECRET is the registered one')
  return notable(
    'SECRET is not the registered one: deliveries are signed again for the bot',
    'copy the secret from the admin page into SECRET, as in production the bot would have the wrong one',
  )
}
