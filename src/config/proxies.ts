// The HTTP proxies that the environment names, in the way that curl and most tools have agreed on.
import type { Proxies } from '../core/http/proxy.ts'
import type { Environment } from './layers.ts'

/** Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; the lower-case names go first. */
export function readProxies(env: Environment): Proxies {
  // Empty means none, also where the other spelling is set.
  const named = (name: string): string => (env[name.toLowerCase()] ?? env[name] ?? '').trim()
  const proxy = (name: string): string | null => {
    const text = named(name)
    if (text === '') return null
    return text.includes('://') ? text : `http://${text}`
  }
  const except = named('NO_PROXY').split(/[\s,]+/)
  return {
    http: proxy('HTTP_PROXY'),
    https: proxy('HTTPS_PROXY'),
    except: except.filter((entry) => entry !== ''),
  }
}
