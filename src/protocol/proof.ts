// The proof that who asks a dev-hook for something knows the webhook's secret, which its URL alone does not tell.
import { createHmac, randomBytes } from 'node:crypto'
import { equalInConstantTime } from '../core/secrets.ts'

/** What is asked for: a proof holds for this and nothing else. */
export interface ProofRequest {
  /** `hand-over`: to let go of the bot. `hand-down`: to put something else back at the end. `join`: to be passed on to by who asks. */
  readonly what: 'hand-over' | 'hand-down' | 'join'
  /** The run that is asked. */
  readonly runId: string
  /** All that is asked with: a name, or what was sealed. */
  readonly content: string
}

/** Why a proof does not hold. */
export const PROOF_FAULTS = ['missing', 'wrong', 'late', 'used'] as const
export type ProofFault = (typeof PROOF_FAULTS)[number]

/** How far the clocks of two machines may be apart, in ms. */
export const MAX_SKEW_MS = 5 * 60_000

const FORM = /^v1 (\d{1,15}) ([0-9a-f]{32}) ([0-9a-f]{64})$/

const macOf = (secret: string, { what, runId, content }: ProofRequest, time: string, nonce: string): string =>
  createHmac('sha256', secret)
    .update(JSON.stringify(['dev-hook proof', what, runId, content, time, nonce]))
    .digest('hex')

/** Makes the proof of a request: `v1 <ms since the epoch> <nonce> <HMAC-SHA256>`. */
export function createProof(secret: string, request: ProofRequest, now = Date.now()): string {
  const time = String(now)
  const nonce = randomBytes(16).toString('hex')
  return `v1 ${time} ${nonce} ${macOf(secret, request, time, nonce)}`
}

/** Checks the proofs of the requests to one run; `null` for one that holds, which then is used up. */
export type ProofCheck = (proof: string | undefined, secret: string, request: ProofRequest) => ProofFault | null

/** Creates the check of a run, which remembers the proofs that it has taken for as long as they would hold. */
export function createProofCheck(now: () => number = Date.now): ProofCheck {
  const used = new Map<string, number>()
  return (proof, secret, request) => {
    if (proof === undefined) return 'missing'
    const [, time = '', nonce = '', mac = ''] = FORM.exec(proof) ?? []
    if (!equalInConstantTime(mac, macOf(secret, request, time, nonce))) return 'wrong'
    const at = now()
    if (Math.abs(at - Number(time)) > MAX_SKEW_MS) return 'late'
    for (const [other, until] of used) if (until < at) used.delete(other)
    if (used.has(nonce)) return 'used'
    used.set(nonce, Number(time) + MAX_SKEW_MS)
    return null
  }
}

/** What a dev-hook answers that has done what the proof stood for: only who knows the secret can say so. */
export const doneReply = (secret: string, proof: string): string =>
  `done ${createHmac('sha256', secret)
    .update(JSON.stringify(['dev-hook done', proof]))
    .digest('hex')}`

/** Whether a reply says that it was done. */
export const isDone = (reply: string | null, secret: string, proof: string): boolean =>
  reply !== null && equalInConstantTime(reply, doneReply(secret, proof))

/** What a dev-hook answers that refuses a proof. */
export const refusedReply = (fault: ProofFault): string => `refused ${fault}`

/** Why a reply refuses a proof; `null` when it does not. */
export const faultIn = (reply: string | null): ProofFault | null =>
  PROOF_FAULTS.find((fault) => reply === refusedReply(fault)) ?? null
