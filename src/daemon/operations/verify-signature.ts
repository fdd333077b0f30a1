// Checking a signature that somebody has typed or pasted, of a recorded delivery or of any other.
import { DevHookError } from '../../core/errors.ts'
import type { Handlers, OutputOf } from '../../inspector/operations/table.ts'
import type { DeliveryDetail } from '../../journal/reader.ts'
import { diagnose, fits } from '../../protocol/diagnosis/diagnose.ts'
import { sign } from '../../protocol/signature.ts'
import { SIGNATURE_HEADERS, SIGNATURE_SCHEMES } from '../../protocol/signature-schemes.ts'
import { signaturesOf } from './signature-verdict.ts'

/** Creates the handler. `find` rejects with `deliveryUnknown`; `known` are the secrets of the run, which only ever check. */
export const createVerify =
  (find: (id: string) => Promise<DeliveryDetail>, known: () => Omit<Secrets, 'typed'>): Handlers<'verify'>['verify'] =>
  async ({ id, body, signature, secret }) => {
    const delivery = id === null ? null : (await find(id)).delivery
    const bytes = body === null ? delivery?.body : Buffer.from(body)
    const given = signature === null ? delivery && signaturesOf(delivery) : pastedSignatures(signature)
    if (bytes == null || given == null)
      throw new DevHookError('usage', 'a body and a signature are needed', {
        remedy: 'give `body` and `signature`, or the `id` of a recorded delivery',
      })
    return verifySignatures(given, bytes, { typed: secret, ...known() })
  }

/** What a signature is checked with. */
interface Secrets {
  /** Typed by whoever asks; `null` for that of the webhook. */
  readonly typed: string | null
  readonly webhook: string | null
  /** The one that the bot checks with. */
  readonly bot: string | null
}

/** Checks the signatures that were given with a body. Throws `usage` where no secret is known. */
async function verifySignatures(
  signatures: readonly string[],
  body: Buffer,
  { typed, webhook, bot }: Secrets,
): Promise<OutputOf<'verify'>> {
  const secret = typed ?? webhook
  if (secret === null)
    throw new DevHookError('usage', 'the secret of the webhook is not known', { remedy: 'give `secret`' })
  const checked = {
    bytes: body.length,
    secret: typed === null ? 'the secret of the webhook' : 'the secret that was given',
  }
  if (signatures.length === 0) {
    const reasons = [
      { message: `there is no ${SIGNATURE_HEADERS}`, remedy: 'give the headers of the delivery as well' },
    ]
    return { ...checked, verdict: 'missing', certain: true, reasons, expected: sign(body, secret) }
  }
  const found = await Promise.all(signatures.map((signature) => diagnose(signature, body, secret)))
  const wrong = found.filter(({ right }) => !right)
  const expected = (wrong[0] ?? found[0])?.expected ?? ''
  if (wrong.length === 0) return { ...checked, verdict: 'right', certain: true, reasons: [], expected }
  const others = { 'the secret of the webhook': webhook, 'the secret that the bot has': bot }
  const better = Object.entries(others).find(
    ([, other]) => other !== null && other !== secret && signatures.every((one) => fits(one, body, other)),
  )
  const reasons = better === undefined ? wrong.flatMap(({ accidents }) => accidents) : [ofAnother(better[0])]
  const certain = better !== undefined || wrong.every((one) => one.certain)
  return { ...checked, verdict: 'wrong', certain, reasons: reasons.map(({ ...reason }) => reason), expected }
}

const ofAnother = (secret: string) => ({
  message: `it is right with ${secret}, and not with the one that it was checked with`,
  remedy: 'bot, webhook and `.env` have to have the same secret: copy that of the webhook from the admin page',
})

/** The signatures in what somebody has pasted: in all headers those of a signature, else the one line as it is. */
function pastedSignatures(pasted: string): readonly string[] {
  const lines = pasted
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const named = lines.flatMap((line) => {
    const at = line.indexOf(':')
    const name = line.slice(0, Math.max(0, at)).trim().toLowerCase()
    return SIGNATURE_SCHEMES.some(({ header }) => header.toLowerCase() === name) ? [line.slice(at + 1).trim()] : []
  })
  return named.length > 0 || lines.length !== 1 ? named : lines
}
