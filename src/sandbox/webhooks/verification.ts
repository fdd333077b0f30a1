// The challenge by which the platform finds out whether a callback URL is its owner's.
// Source: developers.web1on1.chat/webhooks/verification.
import { randomBytes } from 'node:crypto'
import { withChallenge } from '../../protocol/challenge.ts'
import type { Outgoing } from './outgoing.ts'

/** Whether a URL answers the challenge with 2xx and exactly its text. */
export type Verify = (url: string) => Promise<boolean>

/** Creates the check of callback URLs; `onFailed` is called with each that did not answer. */
export function createVerify(outgoing: Pick<Outgoing, 'call'>, onFailed: (url: string) => void): Verify {
  async function answers(url: string): Promise<boolean> {
    if (!URL.canParse(url)) return false
    const challenge = randomBytes(12).toString('base64url')
    try {
      const answer = await outgoing.call('GET', withChallenge(url, challenge).href, {})
      return answer.status >= 200 && answer.status < 300 && answer.body === challenge
    } catch {
      // Nobody answered, which is one of the two things that this check can find out.
      return false
    }
  }

  return async (url) => {
    const isVerified = await answers(url)
    if (!isVerified) onFailed(url)
    return isVerified
  }
}
