// The challenge: the platform's GET that proves the webhook URL is ours, and how it is answered.
// Source: developers.web1on1.chat/webhooks/verification.
import type { Reply } from '../core/delivery.ts'

/** Longest challenge that is echoed: more is no challenge but an attempt to make us say things. */
const LONGEST = 512

/** The challenge in a query string, whatever its `type` says; `null` when there is none that may be answered. */
export function challengeOf(method: string, search: string): string | null {
  if (method !== 'GET') return null
  const challenge = new URLSearchParams(search).get('challenge')
  return challenge !== null && challenge.length > 0 && challenge.length <= LONGEST ? challenge : null
}

/** The answer: exactly the challenge as plain text, never to be taken for a page. */
export function challengeReply(challenge: string, who: string): Reply {
  return {
    status: 200,
    headers: [
      'content-type',
      'text/plain; charset=utf-8',
      'x-content-type-options',
      'nosniff',
      WHO_HEADER,
      encodeWho(who),
    ],
    body: Buffer.from(challenge),
  }
}

/** In which a dev-hook says who it is to those who know its URL and credentials: `<user>@<host> pid <pid>`. */
export const WHO_HEADER = 'x-dev-hook'

/** In which a dev-hook that asks for the bot says who it is, on a challenge of its own. */
export const HAND_OVER_HEADER = 'x-dev-hook-hand-over'

/** A name as a header may hold it: whatever is not plain ASCII in percent signs, as in a URL. */
export const encodeWho = (who: string): string =>
  who.replace(/[^ -$&-~]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )

/** The name out of such a header; one that cannot be read stays as it is. */
export function decodeWho(header: string): string {
  try {
    return decodeURIComponent(header)
  } catch {
    return header
  }
}

/** The user agent of challenges that a dev-hook sends: they prove nothing about the platform. */
export const PROBE_AGENT = 'dev-hook'

/** The query of a challenge, as the platform sends it. */
export const challengeSearch = (challenge: string): string =>
  `?${new URLSearchParams({ type: 'subscribe', challenge }).toString()}`
