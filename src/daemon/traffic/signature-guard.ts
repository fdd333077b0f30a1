// The signature guard: lets a delivery pass if it is signed with the webhook's secret.

import type { Delivery } from '../../core/delivery.ts'
import { type Emit, type RejectReason, warning } from '../../core/notices.ts'
import { checkSignature, explainVerdict, type SignatureVerdict } from '../../protocol/signature.ts'
import { createReread, type RereadOptions } from './reread-secret.ts'

/** Why a delivery does not pass, and the status that it is answered with. */
export interface Refused {
  readonly pass: false
  readonly reason: RejectReason
  readonly status: 401 | 503
  readonly detail: string
}

type Verdict = { readonly pass: true } | Refused

export interface GuardOptions extends RereadOptions {
  readonly mode: 'enforce' | 'warn' | 'off'
  readonly secret: () => string | null
  readonly emit: Emit
}

/** Checks a delivery. Not asynchronous when the signature is right, which is nearly always. */
export type Guard = (delivery: Delivery) => Verdict | Promise<Verdict>

const PASS: Verdict = { pass: true }

/** Creates the guard of one run. */
export function createGuard(options: GuardOptions): Guard {
  const { mode, secret, emit } = options
  const reread = createReread(options)
  let seenRight = false
  let hasWarned = false

  const verdictWith = (delivery: Delivery, known: string): SignatureVerdict => {
    const verdict = checkSignature(delivery.headers, delivery.body, known)
    seenRight ||= verdict === 'right'
    return verdict
  }

  const passUnknown = (): Verdict => {
    if (!hasWarned)
      emit(warning('secretUnknown', 'no secret is known, so deliveries pass without a check of their signature'))
    hasWarned = true
    return PASS
  }

  const reject = async (delivery: Delivery, first: 'wrong' | 'missing'): Promise<Verdict> => {
    // The secret may have been changed in the admin pages since the start. If the platform cannot be asked, the verdict stands.
    const fresh = await reread().catch(() => null)
    const verdict = fresh === null ? first : verdictWith(delivery, fresh)
    if (verdict === 'right') return PASS
    // Until one signature was right, the secret known here may be the wrong one: after a 503 the platform sends the delivery again.
    const status = seenRight ? 401 : 503
    return { pass: false, reason: `signature-${verdict}`, status, detail: explainVerdict(delivery.headers, verdict) }
  }

  return (delivery) => {
    if (mode === 'off') return PASS
    const known = secret()
    if (known === null) return passUnknown()
    const verdict = verdictWith(delivery, known)
    if (verdict === 'right') return PASS
    if (mode === 'enforce') return reject(delivery, verdict)
    emit(
      warning(
        'signatureIgnored',
        `${explainVerdict(delivery.headers, verdict)}; passed on because of \`--signature warn\``,
      ),
    )
    return PASS
  }
}
