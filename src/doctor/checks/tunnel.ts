// Checks of the tunnel: its credentials, its name, and whether it reaches this machine.
import { asDevHookError, type DevHookError } from '../../core/errors.ts'
import { formatDuration } from '../../core/text/duration.ts'
import type { Facts } from '../facts.ts'
import { type Finding, failedWith, needs, notChecked, notTried, passed, warned } from '../finding.ts'
import { authtokenSource, domainProblem, type TunnelTrial } from '../tunnel-trial.ts'

export async function checkNgrok(facts: Facts): Promise<Finding> {
  const config = await needs('config', facts.config())
  const { forwarding } = config
  if (forwarding !== null) {
    return warned(
      `not needed: ${forwarding.by} forwards a port, to ${forwarding.url}`,
      `open the port to everybody while a run goes on: ${forwarding.publish}`,
    )
  }
  if (config.url !== null) return passed('not needed: a public URL is given')
  if (config.tunnel !== 'ngrok') return passed(`not needed: the tunnel is ${config.tunnel}`)
  const trial = await outcomeOf(facts)
  const source = `authtoken from ${authtokenSource(config)}`
  if ('error' in trial) return isOfToken(trial.error) ? failedWith(trial.error) : notChecked('tunnel')
  return trial.is === 'open' ? passed(`${source}, taken by ngrok`) : notTried(`${source}; ${whyNot(trial)}`)
}

export async function checkDomain(facts: Facts): Promise<Finding> {
  const config = await needs('config', facts.config())
  const { domain, url, tunnel } = config
  if (domain === null || url !== null || tunnel !== 'ngrok') return passed('none given: the account’s own')
  const wrong = domainProblem(config)
  if (wrong !== null) return failedWith(wrong)
  const trial = await outcomeOf(facts)
  if ('error' in trial) return notChecked(isOfToken(trial.error) ? 'ngrok' : 'tunnel')
  return trial.is === 'open' ? passed(domain) : notTried(`${domain}; ${whyNot(trial)}`)
}

export async function checkTunnel(facts: Facts): Promise<Finding> {
  const config = await needs('config', facts.config())
  const trial = await outcomeOf(facts)
  // What another check tells is not told again.
  if ('error' in trial && isOfToken(trial.error)) return notChecked('ngrok')
  if ('error' in trial) return domainProblem(config) === null ? failedWith(trial.error) : notChecked('domain')
  if (trial.is === 'not-needed') return passed(`not needed: the tunnel is ${config.tunnel}`)
  if (trial.is !== 'open') return notTried(whyNot(trial))
  return passed(`${trial.url} reaches this machine, in ${formatDuration(trial.ms)}`)
}

type Outcome = TunnelTrial | { readonly error: DevHookError }

/** Waited for by three checks, each of which tells its own part of it. */
async function outcomeOf(facts: Facts): Promise<Outcome> {
  return facts.tunnel().catch((error: unknown) => ({ error: asDevHookError(error) }))
}

const isOfToken = (error: DevHookError): boolean => error.is('ngrokTokenMissing', 'ngrokTokenRefused')

function whyNot(trial: Exclude<TunnelTrial, { is: 'open' }>): string {
  if (trial.is === 'in-use') return `not tried: ${trial.by}, which is running here, has the tunnel`
  return trial.is === 'offline' ? 'not tried: `--offline`' : 'not needed'
}
