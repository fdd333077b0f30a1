// The way from the public to here, as far as it shows without opening it.
import { readAgentAuthtoken } from '../../config/ngrok-agent.ts'
import { authtokenProblem } from '../../config/ngrok-token.ts'
import { ngrokAuthtoken } from '../../daemon/start/open-tunnel.ts'
import type { Facts } from '../facts.ts'
import { bad, type Finding, needs, notable, well } from '../finding.ts'

const PAGE = 'https://dashboard.ngrok.com/get-started/your-authtoken'

export async function checkNgrok(facts: Facts): Promise<Finding> {
  const config = await needs('config', facts.config())
  const { forwarding } = config
  if (forwarding !== null) {
    return notable(
      `not needed: ${forwarding.by} forwards a port, to ${forwarding.url}`,
      `open the port to everybody while a run goes on: ${forwarding.publish}`,
    )
  }
  if (config.url !== null) return well('not needed: a public URL is given')
  if (config.tunnel !== 'ngrok') return well(`not needed: the tunnel is ${config.tunnel}`)
  const token = ngrokAuthtoken(config)
  const source = config.sources.ngrokAuthtoken ?? (await readAgentAuthtoken(facts.env, facts.platform))?.file
  const problem = authtokenProblem(token)
  if (problem !== null)
    return bad('credentials', `what stands in ${source ?? 'its place'} is ${problem}`, `copy it from ${PAGE}`)
  return well(`authtoken from ${source ?? 'the ngrok agent'}; \`--live\` tries it`)
}

const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i

export async function checkDomain(facts: Facts): Promise<Finding> {
  const { domain, url, tunnel } = await needs('config', facts.config())
  if (domain === null || url !== null || tunnel !== 'ngrok') return well('none given: the account’s own')
  if (HOST_NAME.test(domain)) return well(`${domain}; \`--live\` tries it`)
  return bad('usage', `${domain} is no host name`, 'give a name such as bot.ngrok.app, without https:// and path')
}
