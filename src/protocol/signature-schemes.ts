// The schemes in which the platform signs, and every word that is said about them.
// Source: developers.web1on1.chat/webhooks/verification.

/** A header that holds `<algorithm>=` and the hex HMAC of the raw body, keyed with the secret's text as it is. */
export interface SignatureScheme {
  readonly header: string
  readonly algorithm: string
  readonly hexDigits: number
}

/** The scheme that the platform documents. */
export const PLATFORM: SignatureScheme = { header: 'X-Hub-Signature', algorithm: 'sha1', hexDigits: 40 }

/**
 * Every scheme that is checked, written, diagnosed and named to people. A further header is a further row, as long as all headers
 * count the same: every one that a delivery has must be right, one is enough, and signing again keeps the set that came.
 */
export const SIGNATURE_SCHEMES: readonly SignatureScheme[] = [PLATFORM]

const oneOf = (words: readonly string[]): string => [...new Set(words)].join(' or ')

/** The names of the signature headers, for people: `X-Hub-Signature`. */
export const SIGNATURE_HEADERS = oneOf(SIGNATURE_SCHEMES.map(({ header }) => header))

/** The algorithms, for people: `sha1`. */
export const SIGNATURE_ALGORITHMS = oneOf(SIGNATURE_SCHEMES.map(({ algorithm }) => algorithm))

/** How a header's value begins, for an example on a command line: `sha1=…`. */
export const SIGNATURE_EXAMPLE = `${PLATFORM.algorithm}=…`

/** The form of a header's value, for people: `sha1=<40 hex digits>`. */
export const signatureForm = ({ algorithm, hexDigits }: SignatureScheme): string =>
  `${algorithm}=<${hexDigits} hex digits>`

/** The forms of all schemes, for people. */
export const SIGNATURE_FORMS = oneOf(SIGNATURE_SCHEMES.map(signatureForm))

const HEX = /^[0-9a-f]+$/

/** The scheme whose form a header's value has exactly; `null` when it has none of them. */
export const schemeOfValue = (value: string): SignatureScheme | null =>
  SIGNATURE_SCHEMES.find(
    ({ algorithm, hexDigits }) =>
      value.length === algorithm.length + 1 + hexDigits &&
      value.startsWith(`${algorithm}=`) &&
      HEX.test(value.slice(algorithm.length + 1)),
  ) ?? null
