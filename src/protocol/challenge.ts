// The challenge: the GET by which the platform proves that a webhook URL is its owner's, and the answer to it.
// Source: developers.web1on1.chat/webhooks/verification.
import type { Reply } from '../core/delivery.ts'
import { oneLine } from '../core/text/sanitize.ts'

/** The longest challenge that is echoed: a longer one would let a stranger choose what this server sends. */
const MAX_LENGTH = 512

/** The challenge in a query string, whatever its `type` says; `null` when there is none that may be answered. */
export function challengeOf(method: string, search: string): string | null {
  if (method !== 'GET') return null
  const challenge = new URLSearchParams(search).get('challenge')
  return challenge !== null && challenge.length > 0 && challenge.length <= MAX_LENGTH ? challenge : null
}

/** What a dev-hook is answered that asked for something along with its challenge. */
export interface ChallengeAnswer {
  /** What has become of it. */
  readonly reply?: string
  /** What it is told, sealed. */
  readonly ancestry?: string
}

/**
 * The answer to a challenge: exactly its text, in a type that no browser takes for a page; with what is answered to a dev-hook
 * that asked for something, if one did.
 */
export function challengeReply(challenge: string, who: string, answer: ChallengeAnswer = {}): Reply {
  const { reply, ancestry } = answer
  return {
    status: 200,
    headers: [
      'content-type',
      'text/plain; charset=utf-8',
      'x-content-type-options',
      'nosniff',
      WHO_HEADER,
      encodeWho(who),
      ...(reply === undefined ? [] : [REPLY_HEADER, reply]),
      ...(ancestry === undefined ? [] : [ANCESTRY_HEADER, ancestry]),
    ],
    body: Buffer.from(challenge),
  }
}

/** The header in which a dev-hook names itself to whoever knows its URL and credentials: `<user>@<host> pid <pid>`. */
export const WHO_HEADER = 'x-dev-hook'

/** The header in which a dev-hook that asks another one for the bot names itself, on a challenge of its own. */
export const HAND_OVER_HEADER = 'x-dev-hook-hand-over'

/** The header with what was before the dev-hook that hands it down, sealed, on a challenge of its own. */
export const HAND_DOWN_HEADER = 'x-dev-hook-hand-down'

/** The header in which a dev-hook that asks to stand in front of another one names itself, on a challenge of its own. */
export const JOIN_HEADER = 'x-dev-hook-join'

/** The header of an answer with what was before the one that is asked, sealed, for the one that joins it. */
export const ANCESTRY_HEADER = 'x-dev-hook-ancestry'

/** The header with the proof that who asks knows the webhook's secret. */
export const PROOF_HEADER = 'x-dev-hook-proof'

/** The header of an answer with what has become of what was asked for. */
export const REPLY_HEADER = 'x-dev-hook-reply'

/** Encodes a name for a header: whatever is not plain ASCII is percent-encoded, as in a URL. */
export const encodeWho = (who: string): string =>
  who.replace(/[^ -$&-~]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )

/** Decodes the name in a header, as one line that may be printed; one that is not encoded rightly stays as it is. */
export function decodeWho(header: string): string {
  try {
    return oneLine(decodeURIComponent(header))
  } catch {
    return oneLine(header)
  }
}

/** The user agent of challenges that a dev-hook sends: they prove nothing about the platform. */
export const PROBE_AGENT = 'dev-hook'

/** The query of a challenge, as the platform sends it. */
export const challengeSearch = (challenge: string): string =>
  `?${new URLSearchParams({ type: 'subscribe', challenge }).toString()}`

/** The URL of a webhook with a challenge after its own query. */
export function withChallenge(url: string, challenge: string): URL {
  const asked = new URL(url)
  for (const [name, value] of new URLSearchParams(challengeSearch(challenge))) asked.searchParams.append(name, value)
  return asked
}
