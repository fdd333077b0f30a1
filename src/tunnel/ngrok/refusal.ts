// What a failed attempt means: ngrok's code, whether another attempt can help, and what to do about it.
import { DevHookError } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import type { Redact } from '../../core/text/redact.ts'
import type { OpenResult } from '../connection.ts'

// Sources: ngrok.com/docs/errors. 100-199 are about the credentials and the account of an agent session.
const SESSION_LIMIT = 108
const NAME_IN_USE = 334
const REVOKED = 300
const UNAUTHENTICATED = 4018

const REMEDIES: Readonly<Record<number, string>> = {
  [SESSION_LIMIT]: 'stop the other ngrok agent of this account (https://dashboard.ngrok.com/agents), then start again',
  [NAME_IN_USE]: 'stop the other agent that uses this domain, or give another one with `--domain`',
}

const MAX_TEXT = 400

/** A failure that has no code of ngrok's. */
export const ngrokFailed = (message: string): DevHookError =>
  new DevHookError('tunnelFailed', message, {
    remedy: 'check the network and https://status.ngrok.com, then start again',
  })

// The SDK knows no proxies: behind one, a session that does not come about has that cause more often than any other.
const behindProxy = (message: string, proxy: string): DevHookError =>
  new DevHookError('tunnelFailed', message, {
    remedy:
      `ngrok does not go through an HTTP proxy (${withoutCredentials(proxy)}): let this machine connect to ` +
      `${NGROK_INGRESS} directly, or bring a public URL of your own with \`--url\``,
  })

/** The ingress that the SDK connects to when no other one is given. */
export const NGROK_INGRESS = 'connect.ngrok-agent.com:443'

/** The way to ngrok: the `host:port` of its ingress, and the HTTP proxy of this network, or none. */
interface WayToNgrok {
  readonly server: string
  readonly proxy: string | null
}

/** What a failed attempt means; `reached` is false when it ended before ngrok itself had said anything. */
type Refusal = Extract<OpenResult, { failed: DevHookError }> & { readonly reached: boolean }

/**
 * Reads the text of an attempt in which no session came about. The text may hold the authtoken, since ngrok repeats it; the
 * error does not.
 */
export function refusalOf(text: string, redact: Redact, { server, proxy }: WayToNgrok): Refusal {
  const code = codeOf(text)
  const reason = tidy(redact(text))
  if (code === null) {
    const message = unreachedMessage(text, reason, server)
    const failed = proxy === null ? ngrokFailed(message) : behindProxy(message, proxy)
    return { failed, retry: 'always', reached: false }
  }
  const message = `ERR_NGROK_${code}: ${reason}`
  if (isCredentials(code))
    return { failed: new DevHookError('ngrokTokenRefused', message), retry: 'never', reached: true }
  const remedy = REMEDIES[code]
  const failed = new DevHookError('tunnelFailed', message, {
    remedy: remedy ?? `see https://ngrok.com/docs/errors/err_ngrok_${code}`,
  })
  // Both clear by themselves when ngrok notices that an earlier session is gone. Of the rest nothing is known but that
  // ngrok refused: at a start that is final, in a run that worked it may pass.
  return { failed, retry: remedy === undefined ? 'if-it-worked-before' : 'always', reached: true }
}

function unreachedMessage(text: string, reason: string, server: string): string {
  if (text.startsWith(CONNECTING)) return `ngrok cannot be reached at ${server}: ${reason}`
  return text.startsWith(SILENT) ? `${reason} (${server})` : reason
}

function codeOf(text: string): number | null {
  const [, digits] = /ERR_NGROK_(\d+)/.exec(text) ?? []
  return digits === undefined ? null : Number(digits)
}

const isCredentials = (code: number): boolean =>
  (code >= 100 && code < 200 && code !== SESSION_LIMIT) || code === REVOKED || code === UNAUTHENTICATED

/** How the SDK's text begins when no session came about, and how ours does when ngrok has not answered in time. */
const CONNECTING = 'failed to connect session: '
const SILENT = 'ngrok did not '

// The SDK puts its own words before the text and the code, as a debug print, after it.
const tidy = (text: string): string =>
  text
    .replace(/^failed to (?:connect session|start listener): /, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/ ?error_code: ERR_NGROK_\d+$/, '')
    .slice(0, MAX_TEXT)
