// What the signature of a recorded delivery says, and what explains it when it is not right.
import type { Delivery } from '../../core/delivery.ts'
import { headerOf } from '../../core/http/raw-headers.ts'
import type { OutputOf } from '../../inspector/operations/table.ts'
import { diagnose } from '../../protocol/diagnosis/diagnose.ts'
import { checkSignature, explainVerdict } from '../../protocol/signature.ts'
import { SIGNATURE_SCHEMES } from '../../protocol/signature-schemes.ts'

type Judged = OutputOf<'delivery'>['signature']

/** Judges it by the secret of the webhook; `null` when no secret is known. */
export async function judgeSignature({ headers, body }: Delivery, secret: string | null): Promise<Judged> {
  if (secret === null) return { verdict: 'unknown', reasons: [] }
  const verdict = checkSignature(headers, body, secret)
  if (verdict === 'right') return { verdict, reasons: [] }
  const found = await Promise.all(signaturesOf({ headers }).map((value) => diagnose(value, body, secret)))
  const reasons = found.flatMap(({ accidents }) => accidents)
  if (reasons.length > 0) return { verdict, reasons: reasons.map(({ message, remedy }) => ({ message, remedy })) }
  return { verdict, reasons: [{ message: explainVerdict(headers, verdict), remedy: '' }] }
}

/** The values of the signature headers of a delivery. */
export const signaturesOf = ({ headers }: Pick<Delivery, 'headers'>): readonly string[] =>
  SIGNATURE_SCHEMES.flatMap(({ header }) => headerOf(headers, header.toLowerCase()) ?? [])
