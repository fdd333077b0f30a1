// What the signature of a delivery says, why, and what to do about it.
import { visible } from '../text/visible.ts'
import type { Detail } from './delivery-detail.tsx'

const VERDICTS = {
  right: ['good', 'The signature is right'],
  wrong: ['bad', 'The signature is wrong'],
  missing: ['warn', 'There is no signature'],
  unknown: ['soft', 'The signature cannot be checked'],
} as const

interface SignatureVerdictProps extends Pick<Detail, 'signature'> {
  /** Checks it with another secret, or another body. */
  readonly check?: () => void
}

export function SignatureVerdict({ signature: { verdict, reasons }, check }: SignatureVerdictProps) {
  const [tone, words] = VERDICTS[verdict]
  return (
    <section class={`verdict ${tone}`} aria-label="Signature">
      <p class="verdict-head">{words}</p>
      {reasons.map(({ message, remedy }, n) => (
        <p key={n}>
          {visible(message)}
          {remedy === '' ? null : <span class="soft"> → {visible(remedy)}</span>}
        </p>
      ))}
      {check === undefined || verdict === 'right' ? null : (
        <button type="button" class="button small" onClick={check}>
          Check it with another secret or body
        </button>
      )}
    </section>
  )
}
