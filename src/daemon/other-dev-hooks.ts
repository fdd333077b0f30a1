// What is asked of other dev-hooks through their public URLs: who they are, to let go of a bot, and to put back what was before.
import type { Config } from '../config/load.ts'
import { DevHookError } from '../core/errors.ts'
import { runIdOf } from '../core/hook-url.ts'
import { leadsInside } from '../core/http/internal-address.ts'
import type { HandDown } from '../platform/webhook/hand-down.ts'
import type { OwnerProbe } from '../platform/webhook/owner.ts'
import { encodeWho, HAND_DOWN_HEADER, HAND_OVER_HEADER, PROOF_HEADER } from '../protocol/challenge.ts'
import { createProof, faultIn, isDone, MAX_SKEW_MS, type ProofFault } from '../protocol/proof.ts'
import { seal } from '../protocol/seal.ts'
import { type ProbeResult, probe } from '../tunnel/probe.ts'

/** The platform on which another dev-hook has been found, and the way out of this network. */
export type Surroundings = Pick<Config, 'apiHost' | 'proxies'>

/** What proxies and servers take of one header; what is longer stays owed. */
const MAX_HEADER_BYTES = 6_000

/**
 * Sends a challenge to a URL that the platform shows. Whoever may write there chooses it, so that it is asked for within a private
 * network only if the platform itself is in one: from anywhere else it could not reach such a URL either.
 */
async function ask(
  url: string,
  { apiHost, proxies }: Surroundings,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const publicOnly = !(await leadsInside(new URL(apiHost).hostname))
  return probe(url, signal, { proxies, publicOnly, ask: headers })
}

/** Asks a registered URL whether a dev-hook answers there, and who it is. */
export function createOwnerProbe(surroundings: Surroundings): OwnerProbe {
  return async (url, signal) => {
    const result = await ask(url, surroundings, {}, signal)
    return result.answered ? { answers: true, who: result.who } : { answers: false, who: null }
  }
}

/** Tells the dev-hook that has the webhook by now what was before it; see `hand-down.ts` of the platform. */
export function createHandDown(surroundings: Surroundings): HandDown {
  return async ({ url, secret, snapshot }, signal) => {
    const content = seal(snapshot, secret)
    if (content.length > MAX_HEADER_BYTES) return false
    const proof = createProof(secret, { what: 'hand-down', runId: runIdOf(url) ?? '', content })
    const result = await ask(url, surroundings, { [HAND_DOWN_HEADER]: content, [PROOF_HEADER]: proof }, signal)
    return result.answered && isDone(result.reply ?? null, secret, proof)
  }
}

export interface LetGoRequest {
  /** The public URL of the other one. */
  readonly url: string
  /** The name of this dev-hook, which the other one announces. */
  readonly who: string
  /** The webhook's secret, as proof that this dev-hook may have the bot; `null` when it is not known. */
  readonly secret: string | null
  readonly surroundings: Surroundings
}

/** Asks another dev-hook to let go of its bot. Throws `taken` when it refuses; one that does not answer is no error. */
export async function askToLetGo({ url, who, secret, surroundings }: LetGoRequest, signal: AbortSignal): Promise<void> {
  const content = encodeWho(who)
  const proof = secret === null ? null : createProof(secret, { what: 'hand-over', runId: runIdOf(url) ?? '', content })
  const headers = { [HAND_OVER_HEADER]: content, ...(proof !== null && { [PROOF_HEADER]: proof }) }
  const result = await ask(url, surroundings, headers, signal)
  const fault = result.answered ? faultIn(result.reply ?? null) : null
  if (fault === null || !result.answered) return
  const { why, remedy } = REFUSALS[fault]
  throw new DevHookError('taken', `${result.who ?? 'the other dev-hook'} does not let go of the bot: ${why}`, {
    remedy,
  })
}

const SAME_SECRET = "put the webhook's secret into SECRET in `.env`, or end the other dev-hook"

const REFUSALS: Readonly<Record<ProofFault, { readonly why: string; readonly remedy: string }>> = {
  missing: { why: 'this one does not know the secret of the webhook', remedy: SAME_SECRET },
  wrong: { why: 'it knows another secret of the webhook than this one', remedy: SAME_SECRET },
  late: {
    why: `the clocks of the two machines are more than ${MAX_SKEW_MS / 60_000} minutes apart`,
    remedy: 'set the clock of the machine that is wrong, then start again',
  },
  used: { why: 'it was asked with the same words before', remedy: 'start again' },
}
