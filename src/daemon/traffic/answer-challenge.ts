// Answers challenges: those of the platform, and those with which another dev-hook asks for something.
import { type Clock, MONOTONIC } from '../../core/async.ts'
import type { RawHeaders, Reply } from '../../core/delivery.ts'
import { viaOf } from '../../core/hook-url.ts'
import { headerOf } from '../../core/http/raw-headers.ts'
import { type Emit, warning } from '../../core/notices.ts'
import {
  type ChallengeAnswer,
  challengeReply,
  decodeWho,
  HAND_DOWN_HEADER,
  HAND_OVER_HEADER,
  JOIN_HEADER,
  PROBE_AGENT,
  PROOF_HEADER,
} from '../../protocol/challenge.ts'
import { createProofCheck, doneReply, type ProofFault, type ProofRequest, refusedReply } from '../../protocol/proof.ts'
import { seal, unseal } from '../../protocol/seal.ts'
import { createReread, type RereadOptions } from './reread-secret.ts'

export interface ChallengeOptions extends RereadOptions {
  /** What this dev-hook calls itself in its answers. */
  readonly who: string
  readonly runId: string
  readonly emit: Emit
  /** The webhook's secret; `null` while it is not known. */
  readonly secret: () => string | null
  /** Called for a challenge that is not a probe of dev-hook's own. */
  readonly challenged: () => void
  /** Called when another dev-hook, which calls itself `by`, may take over the bot; `unproven` if only the URL vouches for it. */
  readonly handedOver: (by: string, certainty?: 'unproven') => void
  /** Called when another dev-hook hands down its snapshot, as text; resolves with whether it was taken. */
  readonly handedDown: (snapshot: string, via: readonly string[]) => Promise<boolean>
  /** Called when another dev-hook, which calls itself `by`, asks to stand in front of this one; returns what it is told, or `null`. */
  readonly joined: (by: string) => string | null
  readonly clock?: Pick<Clock, 'now'>
}

/** Answers a challenge and the request in its headers, if there is one. Never rejects. */
export type AnswerChallenge = (challenge: string, headers: RawHeaders) => Reply | Promise<Reply>

/** A valid proof, and the secret that it proves. */
interface Proven {
  readonly proof: string
  readonly secret: string
}

/** How often a refusal is announced at most: whoever has the URL can ask again and again. */
const ANNOUNCE_EVERY_MS = 10_000

/** Creates the answers of a run. */
export function createChallengeAnswers(options: ChallengeOptions): AnswerChallenge {
  const { who, runId, emit, secret, clock = MONOTONIC } = options
  const check = createProofCheck()
  const reread = createReread(options)
  let announcedAt = Number.NEGATIVE_INFINITY

  async function prove(what: ProofRequest['what'], content: string, proof: string | undefined) {
    const request = { what, runId, content }
    const known = secret()
    if (known === null) return null
    const fault = check(proof, known, request)
    if (fault === null && proof !== undefined) return { proof, secret: known }
    // The secret may have been changed since the start. If the platform cannot be asked, the fault stands.
    const fresh = fault === 'wrong' ? await reread().catch(() => null) : null
    if (fresh === null || fresh === known || proof === undefined) return fault
    return check(proof, fresh, request) ?? { proof, secret: fresh }
  }

  async function handOver(content: string, proof: string | undefined): Promise<ChallengeAnswer> {
    const by = decodeWho(content)
    const proven = await prove('hand-over', content, proof)
    if (proven === null) {
      options.handedOver(by, 'unproven')
      return {}
    }
    if (isProven(proven)) {
      options.handedOver(by)
      return { reply: doneReply(proven.secret, proven.proof) }
    }
    refuse(by, proven)
    return { reply: refusedReply(proven) }
  }

  function refuse(by: string, fault: ProofFault): void {
    if (clock.now() - announcedAt < ANNOUNCE_EVERY_MS) return
    announcedAt = clock.now()
    emit(warning('handOverRefused', `${by} asked for the bot, and was refused: ${FAULTS[fault]}`))
  }

  async function handDown(
    content: string,
    proof: string | undefined,
    via: readonly string[],
  ): Promise<ChallengeAnswer> {
    const proven = await prove('hand-down', content, proof)
    if (!isProven(proven)) return proven === null ? {} : { reply: refusedReply(proven) }
    const snapshot = unseal(content, proven.secret)
    // If it is not taken, the dev-hook that asked keeps it.
    const isTaken = snapshot !== null && (await options.handedDown(snapshot, via).catch(() => false))
    return isTaken ? { reply: doneReply(proven.secret, proven.proof) } : {}
  }

  async function join(content: string, proof: string | undefined): Promise<ChallengeAnswer> {
    const proven = await prove('join', content, proof)
    if (!isProven(proven)) return proven === null ? { reply: refusedReply('missing') } : { reply: refusedReply(proven) }
    const ancestry = options.joined(decodeWho(content))
    // Sealed together with the proof, so that the answer cannot be replayed for another request.
    return ancestry === null ? {} : { ancestry: seal(`${proven.proof}\n${ancestry}`, proven.secret) }
  }

  return (challenge, headers) => {
    if (headerOf(headers, 'user-agent') !== PROBE_AGENT) options.challenged()
    const proof = headerOf(headers, PROOF_HEADER)
    const over = headerOf(headers, HAND_OVER_HEADER)
    const down = headerOf(headers, HAND_DOWN_HEADER)
    const joining = headerOf(headers, JOIN_HEADER)
    const answerWith = (answer: ChallengeAnswer): Reply => challengeReply(challenge, who, answer)
    if (down !== undefined) return handDown(down, proof, viaOf(headers)).then(answerWith)
    if (over !== undefined) return handOver(over, proof).then(answerWith)
    return joining === undefined ? answerWith({}) : join(joining, proof).then(answerWith)
  }
}

const isProven = (proven: Proven | ProofFault | null): proven is Proven => typeof proven === 'object' && proven !== null

const FAULTS: Readonly<Record<ProofFault, string>> = {
  missing: "it did not prove that it knows the webhook's secret",
  wrong: "it does not know the webhook's secret",
  late: 'its clock, or the one here, is wrong by minutes',
  used: 'its proof had been used before',
}
