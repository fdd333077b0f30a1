// The bot in production at example.com, played inside the process.
import { challengeOf } from '../../protocol/challenge.ts'

// Names reserved for documentation (RFC 2606): nothing real answers there, so no look-up may leave this machine for them.
const RESERVED = /(^|\.)(example|example\.(com|net|org))$/i

/** What "production" answers to a request: any challenge, and 200 to every delivery. `null` for a real host. */
export function answerOfProduction(
  method: string,
  url: URL,
): { readonly status: number; readonly body: string } | null {
  if (!RESERVED.test(url.hostname)) return null
  return { status: 200, body: challengeOf(method, url.search) ?? '' }
}
