// The value of a signature header, read leniently: which digest somebody meant, and what is wrong with its form.
import {
  SIGNATURE_ALGORITHMS,
  SIGNATURE_FORMS,
  SIGNATURE_SCHEMES,
  type SignatureScheme,
  schemeOfValue,
  signatureForm,
} from '../signature-schemes.ts'
import type { Accident } from './accident.ts'

/** What a header holds: a digest, perhaps in another form than the platform's, or nothing that can be made out. */
export type GivenSignature =
  | { readonly digest: Buffer; readonly algorithm: string; readonly accident: Accident | null }
  | { readonly digest: null; readonly accident: Accident }

/** How long the digests of other platforms' algorithms are, in bytes: to name what somebody took for the platform's. */
const FOREIGN_LENGTHS: Readonly<Record<string, number>> = { sha256: 32, sha384: 48, sha512: 64, md5: 16 }
const OWN_LENGTHS = SIGNATURE_SCHEMES.map(({ algorithm, hexDigits }) => [algorithm, hexDigits / 2] as const)
const LENGTHS: Readonly<Record<string, number>> = { ...FOREIGN_LENGTHS, ...Object.fromEntries(OWN_LENGTHS) }

const LOOSE = /^(?:x-[\w-]+\s*:\s*)?["']?(?:(?<algorithm>[a-z0-9-]+)\s*[=:]\s*)?(?<digest>[^"'\s]*)["']?$/i

/** Reads the value of a signature header. One in the form of the platform has no accident. */
export function readHeader(header: string): GivenSignature {
  const exact = schemeOfValue(header)
  if (exact !== null) {
    const { algorithm } = exact
    return { algorithm, digest: Buffer.from(header.slice(algorithm.length + 1), 'hex'), accident: null }
  }
  if (header.trim() === '') return unreadable('the header is empty')
  const { algorithm: named, digest: text = '' } = LOOSE.exec(header.trim())?.groups ?? {}
  const algorithm = named?.toLowerCase().replace('-', '') ?? algorithmOf(text)
  const digest = digestIn(text, LENGTHS[algorithm])
  const scheme = SIGNATURE_SCHEMES.find((known) => known.algorithm === algorithm)
  if (digest === null) {
    const form = scheme === undefined ? SIGNATURE_FORMS : signatureForm(scheme)
    return unreadable(`\`${short(header)}\` is not ${form}`, scheme)
  }
  return { algorithm, digest, accident: accident(whatIsWrong(scheme, named, algorithm, text), scheme) }
}

function whatIsWrong(
  scheme: SignatureScheme | undefined,
  named: string | undefined,
  algorithm: string,
  text: string,
): string {
  if (scheme === undefined)
    return `the header holds a signature of the kind ${algorithm}; the platform sends ${SIGNATURE_ALGORITHMS}`
  if (!/^[0-9a-f]+$/i.test(text)) return 'the digest is written in base64; the platform writes it in hex'
  if (named === undefined) return `the header lacks its beginning, ${algorithm}=`
  if (text !== text.toLowerCase()) return 'the digest is written in upper case; the platform writes it in lower case'
  return `the header has more in it than ${signatureForm(scheme)}`
}

function accident(message: string, scheme?: SignatureScheme): Accident {
  const wanted = scheme === undefined ? SIGNATURE_SCHEMES : [scheme]
  const forms = wanted.map((each) => `${each.header}: ${signatureForm(each)}`)
  return { message, remedy: `give the value of the header ${forms.join(' or ')}` }
}

const unreadable = (message: string, scheme?: SignatureScheme): GivenSignature => ({
  digest: null,
  accident: accident(message, scheme),
})

/** The algorithm of a digest that nobody named, by its length. */
const algorithmOf = (text: string): string =>
  Object.keys(LENGTHS).find((name) => digestIn(text, LENGTHS[name]) !== null) ?? ''

function digestIn(text: string, length: number | undefined): Buffer | null {
  if (length === undefined) return null
  if (text.length === length * 2 && /^[0-9a-f]+$/i.test(text)) return Buffer.from(text, 'hex')
  if (!/^[\w+/-]+={0,2}$/.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === length ? bytes : null
}

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text)
