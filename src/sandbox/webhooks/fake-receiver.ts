// A webhook receiver at example.com, played inside the process: no bot is needed, and no network.
import { challengeOf } from '../../protocol/challenge.ts'

// Names reserved for documentation (RFC 2606): nothing real answers there, so no look-up may leave this machine for them.
const RESERVED = /(^|\.)(example|example\.(com|net|org))$/i

/** What the fake receiver answers: any challenge, and 200 to every delivery. `null` for a URL on a real host. */
export function fakeReceiverAnswer(
  method: string,
  url: URL,
): { readonly status: number; readonly body: string } | null {
  if (!RESERVED.test(url.hostname)) return null
  return { status: 200, body: challengeOf(method, url.search) ?? '' }
}
