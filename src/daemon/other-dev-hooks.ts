// What is asked of other dev-hooks through their public URLs: who they are, to let go of a bot, and to put back what was before.
import type { Config } from '../config/load.ts'
import { DevHookError } from '../core/errors.ts'
import { runIdOf, VIA_HEADER } from '../core/hook-url.ts'
import { leadsInside } from '../core/http/internal-address.ts'
import { decodeAncestors, type Join } from '../platform/webhook/ancestors.ts'
import type { HandDown } from '../platform/webhook/hand-down.ts'
import type { OwnerProbe } from '../platform/webhook/owner.ts'
import { encodeWho, HAND_DOWN_HEADER, HAND_OVER_HEADER, JOIN_HEADER, PROOF_HEADER } from '../protocol/challenge.ts'
import { createProof, faultIn, isDone, MAX_SKEW_MS, type ProofFault } from '../protocol/proof.ts'
import { seal, unseal } from '../protocol/seal.ts'
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
  return async ({ url, secret, snapshot, via = [] }, signal) => {
    const content = seal(snapshot, secret)
    if (content.length > MAX_HEADER_BYTES) return false
    const proof = createProof(secret, { what: 'hand-down', runId: runIdOf(url) ?? '', content })
    const headers = { [HAND_DOWN_HEADER]: content, [PROOF_HEADER]: proof, ...viaHeader(via) }
    const result = await ask(url, surroundings, headers, signal)
    return result.answered && isDone(result.reply ?? null, secret, proof)
  }
}

const viaHeader = (via: readonly string[]) => (via.length === 0 ? {} : { [VIA_HEADER]: via.join(' ') })

/** Asks another dev-hook to let this one, which calls itself so, stand in front of it. */
export function createJoin(surroundings: Surroundings, who: string): Join {
  return async ({ url, secret }, signal) => {
    if (secret === null) return { refusal: REFUSALS.missing.why }
    const content = encodeWho(who)
    const proof = createProof(secret, { what: 'join', runId: runIdOf(url) ?? '', content })
    const result = await ask(url, surroundings, { [JOIN_HEADER]: content, [PROOF_HEADER]: proof }, signal)
    const fault = result.answered ? faultIn(result.reply ?? null) : null
    if (fault !== null) return { refusal: REFUSALS[fault].why }
    const told = result.answered && result.ancestry !== undefined ? unseal(result.ancestry, secret) : null
    // Made for this very question: it begins with its proof.
    const ancestors = told?.startsWith(`${proof}\n`) ? decodeAncestors(told.slice(proof.length + 1)) : null
    if (ancestors !== null) return { ancestors }
    return { refusal: 'it cannot, as it has only just begun or is about to end, or is of an earlier version' }
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

/** Asks another dev-hook to let go of its bot. Throws `taken` when it refuses; one that does not answer is not an error. */
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
