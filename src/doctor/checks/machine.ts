// Checks of the machine: Node, this package, and what stands between here and the network.
import { readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { withoutCredentials } from '../../core/hook-url.ts'
import { proxyFor } from '../../core/http/proxy.ts'
import { PACKAGE_FOLDER, version } from '../../core/instance.ts'
import type { Facts } from '../facts.ts'
import { type Finding, failed, passed, warned } from '../finding.ts'

const OLDEST = [20, 19] as const

export async function checkNode({ nodeVersion }: Facts): Promise<Finding> {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number)
  const fits = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
  if (fits) return passed(`Node ${nodeVersion}`)
  return failed(
    'failed',
    `Node ${nodeVersion} is too old`,
    `install Node ${OLDEST.join('.')} or newer: https://nodejs.org`,
  )
}

export async function checkPackage({ config }: Facts): Promise<Finding> {
  const { cwd } = await config().catch(() => ({ cwd: null }))
  if (PACKAGE_FOLDER.includes(`${sep}_npx${sep}`)) return passed(`dev-hook ${version}, from the cache of npx`)
  const own = cwd !== null && PACKAGE_FOLDER.startsWith(join(cwd, 'node_modules') + sep)
  return passed(`dev-hook ${version}, in ${own ? relative(cwd, PACKAGE_FOLDER) : PACKAGE_FOLDER}`)
}

export async function checkNetwork(facts: Facts): Promise<Finding> {
  const { env } = facts
  const ca = env['NODE_EXTRA_CA_CERTS']
  if (ca && !(await isReadable(ca))) {
    return failed('failed', `NODE_EXTRA_CA_CERTS names ${ca}, which cannot be read`, 'correct the path')
  }
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    return warned(
      'NODE_TLS_REJECT_UNAUTHORIZED=0: certificates are not checked',
      'take it away; if a certificate is not trusted, point NODE_EXTRA_CA_CERTS to its CA',
    )
  }
  const certificates = ca ? `certificates of NODE_EXTRA_CA_CERTS ${ca}` : 'no certificates of its own'
  const config = await facts.config().catch(() => null)
  const proxy = config === null ? null : proxyFor(config.apiHost, config.proxies)
  if (config === null || proxy === null) return passed(`no proxy, ${certificates}`)
  const message = `the platform is reached through the proxy ${withoutCredentials(proxy)}, ${certificates}`
  if (config.url !== null || config.tunnel !== 'ngrok') return passed(message)
  return warned(
    message,
    'let this machine connect to connect.ngrok-agent.com:443 directly, as ngrok does not go through it; the check `tunnel` tries it',
  )
}

const isReadable = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  )
