// Checks of the tunnel, as far as they can be made without opening one.
import { authtokenProblem } from '../../config/ngrok-token.ts'
import { requireAuthtoken } from '../../tunnel/ngrok/ngrok.ts'
import type { Facts } from '../facts.ts'
import { type Finding, failed, needs, passed, warned } from '../finding.ts'

const PAGE = 'https://dashboard.ngrok.com/get-started/your-authtoken'

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
  const token = requireAuthtoken(config)
  const { ngrokAuthtoken: source = 'the config' } = config.sources
  const problem = authtokenProblem(token)
  if (problem !== null) return failed('credentials', `the authtoken in ${source} is ${problem}`, `copy it from ${PAGE}`)
  return passed(`authtoken from ${source}; \`--live\` tries it`)
}

const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i

export async function checkDomain(facts: Facts): Promise<Finding> {
  const { domain, url, tunnel } = await needs('config', facts.config())
  if (domain === null || url !== null || tunnel !== 'ngrok') return passed('none given: the account’s own')
  if (HOST_NAME.test(domain)) return passed(`${domain}; \`--live\` tries it`)
  return failed(
    'usage',
    `${domain} is not a host name`,
    'give a name such as bot.ngrok.app, without https:// or a path',
  )
}
