// The answer to a challenge, and to another dev-hook that asks for something along with one of its own.
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
  /** Who this dev-hook is, for those who send a challenge. */
  readonly who: string
  readonly runId: string
  readonly emit: Emit
  /** The webhook's secret, as far as it is known. */
  readonly secret: () => string | null
  /** A challenge came that was not a probe of dev-hook's own. */
  readonly challenged: () => void
  /** Another dev-hook, which calls itself so, may have the bot; `unproven` when nothing could be checked but the URL. */
  readonly handedOver: (by: string, certainty?: 'unproven') => void
  /** Another dev-hook says what was before it, as the text of its snapshot; resolves to whether that was taken. */
  readonly handedDown: (snapshot: string, via: readonly string[]) => Promise<boolean>
  /** Another dev-hook, which calls itself so, asks to stand in front of this one: what it is told; `null` where it cannot. */
  readonly joined: (by: string) => string | null
  readonly clock?: Pick<Clock, 'now'>
}

/** Answers a challenge that came with these headers. Never rejects. */
export type AnswerChallenge = (challenge: string, headers: RawHeaders) => Reply | Promise<Reply>

/** A proof with the secret that it holds for. */
interface Proven {
  readonly proof: string
  readonly secret: string
}

/** Who has the URL may ask again and again: that is said no more often than so. */
const SAY_EVERY_MS = 10_000

/** Creates the answers of one run. */
export function createChallengeAnswers(options: ChallengeOptions): AnswerChallenge {
  const { who, runId, emit, secret, clock = MONOTONIC } = options
  const check = createProofCheck()
  const reread = createReread(options)
  let saidAt = Number.NEGATIVE_INFINITY

  async function prove(what: ProofRequest['what'], content: string, proof: string | undefined) {
    const request = { what, runId, content }
    const known = secret()
    if (known === null) return null
    const fault = check(proof, known, request)
    if (fault === null && proof !== undefined) return { proof, secret: known }
    // It may have been changed since the start. Where the platform cannot be asked, what is known has to do.
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
    if (clock.now() - saidAt < SAY_EVERY_MS) return
    saidAt = clock.now()
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
    // What fails is kept by who asked.
    const isTaken = snapshot !== null && (await options.handedDown(snapshot, via).catch(() => false))
    return isTaken ? { reply: doneReply(proven.secret, proven.proof) } : {}
  }

  async function join(content: string, proof: string | undefined): Promise<ChallengeAnswer> {
    const proven = await prove('join', content, proof)
    if (!isProven(proven)) return proven === null ? { reply: refusedReply('missing') } : { reply: refusedReply(proven) }
    const ancestry = options.joined(decodeWho(content))
    // With the proof, so that it is of no use as an answer to another question.
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
