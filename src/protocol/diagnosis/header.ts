// The value of a signature header, read leniently: which digest somebody meant, and what is wrong with its form.
import type { Accident } from './accident.ts'

/** The digest in a header, `null` when there is none to be made out. */
export interface GivenSignature {
  readonly algorithm: string
  readonly digest: Buffer | null
  readonly accident: Accident | null
}

const REMEDY = 'give the value of the header X-Hub-Signature: sha1=<40 hex digits>'

/** How long the digests of the algorithms that webhooks use are, in bytes. */
const LENGTHS: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64, md5: 16 }

const EXACT = /^sha1=[0-9a-f]{40}$/
const LOOSE =
  /^(?:x-hub-signature(?:-\w+)?\s*:\s*)?["']?(?:(?<algorithm>[a-z0-9-]+)\s*[=:]\s*)?(?<digest>[^"'\s]*)["']?$/i

/** Reads it. The form of the platform has no accident. */
export function readHeader(header: string): GivenSignature {
  if (EXACT.test(header)) return { algorithm: 'sha1', digest: Buffer.from(header.slice(5), 'hex'), accident: null }
  if (header.trim() === '') return unreadable('the header is empty')
  const { algorithm: named, digest: text = '' } = LOOSE.exec(header.trim())?.groups ?? {}
  const algorithm = named?.toLowerCase().replace('-', '') ?? algorithmOf(text)
  const digest = digestIn(text, LENGTHS[algorithm])
  if (digest === null) return unreadable(`\`${short(header)}\` is not sha1=<40 hex digits>`)
  return { algorithm, digest, accident: { message: whatIsWrong(named, algorithm, text), remedy: REMEDY } }
}

function whatIsWrong(named: string | undefined, algorithm: string, text: string): string {
  if (algorithm !== 'sha1') return `the header holds a signature of the kind ${algorithm}; the platform sends sha1`
  if (!/^[0-9a-f]+$/i.test(text)) return 'the digest is written in base64; the platform writes it in hex'
  if (named === undefined) return 'the header lacks its beginning, sha1='
  if (text !== text.toLowerCase()) return 'the digest is written in capitals; the platform writes small letters'
  return 'the header has more in it than sha1=<40 hex digits>'
}

const unreadable = (message: string): GivenSignature => ({
  algorithm: 'sha1',
  digest: null,
  accident: { message, remedy: REMEDY },
})

/** Unnamed, it is told by its length. */
const algorithmOf = (text: string): string =>
  Object.keys(LENGTHS).find((name) => digestIn(text, LENGTHS[name]) !== null) ?? 'sha1'

function digestIn(text: string, length: number | undefined): Buffer | null {
  if (length === undefined) return null
  if (text.length === length * 2 && /^[0-9a-f]+$/i.test(text)) return Buffer.from(text, 'hex')
  if (!/^[\w+/-]+={0,2}$/.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === length ? bytes : null
}

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text)
