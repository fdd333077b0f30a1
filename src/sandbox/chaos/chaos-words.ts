// The words of chaos: what each does, what its value is, and how all of them are written.
import { DevHookError } from '../../core/errors.ts'
import { formatDuration, parseDuration } from '../../core/text/duration.ts'

/** `probability`: from 0, never, to 1, always. `duration`: milliseconds. */
type ChaosKind = 'probability' | 'duration'

/** Every word, its kind, and what it does: the first four to deliveries, the others to the bot's calls of the API. */
export const CHAOS_WORDS = {
  delay: { kind: 'duration', does: 'each delivery comes so much later' },
  drop: { kind: 'probability', does: 'an attempt to deliver is lost on its way, and repeated' },
  duplicate: { kind: 'probability', does: 'a delivery comes again after it was answered' },
  reorder: { kind: 'probability', does: 'a delivery comes after the next one of its conversation' },
  error: { kind: 'probability', does: 'a call of the API is answered 503, and not done' },
  slow: { kind: 'duration', does: 'each answer of the API comes so much later' },
  expire: { kind: 'probability', does: "the bot's token expires at a call" },
} as const satisfies Readonly<Record<string, { readonly kind: ChaosKind; readonly does: string }>>

export type ChaosWord = keyof typeof CHAOS_WORDS

/** How much of what goes wrong: probabilities from 0 to 1, durations in milliseconds. */
export type ChaosConfig = { readonly [W in ChaosWord]?: number }

const isWord = (word: string): word is ChaosWord => Object.hasOwn(CHAOS_WORDS, word)
const MAX_MS = 24 * 3_600_000

/** Reads `duplicate=0.1,delay=200ms`. Throws `usage` for an unknown word, a wrong value, or a word that is there twice. */
export function parseChaos(text: string): ChaosConfig {
  const read = new Map<ChaosWord, number>()
  for (const part of text.split(',')) {
    const [word = '', value = '', ...more] = part.split('=').map((piece) => piece.trim())
    if (!isWord(word)) throw wrong(`\`${word}\` is not a kind of chaos`)
    if (value === '' || more.length > 0) throw wrong(`\`${part.trim()}\` is not ${exampleOf(word)}`)
    if (read.has(word)) throw wrong(`\`${word}\` is there twice`)
    read.set(word, readValue(word, value))
  }
  return Object.fromEntries(read)
}

/** Reads chaos from an object, whose durations are milliseconds or text. Throws `usage` for an unknown word or a wrong value. */
export function readChaos(given: Readonly<Record<string, unknown>>): ChaosConfig {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    entries.map(([word, value]) => {
      if (!isWord(word)) throw wrong(`\`${word}\` is not a kind of chaos`)
      return [word, readValue(word, value)]
    }),
  )
}

/** `duplicate=0.1,delay=200ms` */
export const showChaos = (chaos: ChaosConfig): string =>
  Object.entries(chaos)
    .map(([word, value]) => `${word}=${isWord(word) && isDuration(word) ? formatDuration(value) : value}`)
    .join(',')

const isDuration = (word: ChaosWord): boolean => CHAOS_WORDS[word].kind === 'duration'

function readValue(word: ChaosWord, given: unknown): number {
  const value = isDuration(word) ? msOf(given) : probabilityOf(given)
  if (value !== null) return value
  const kind = isDuration(word) ? `a duration up to 24h such as ${exampleOf(word)}` : 'a probability from 0 to 1'
  throw wrong(`${JSON.stringify(given)} of \`${word}\` is not ${kind}`)
}

function msOf(given: unknown): number | null {
  const ms = typeof given === 'string' ? parseDuration(given) : given
  return typeof ms === 'number' && ms >= 0 && ms <= MAX_MS ? ms : null
}

function probabilityOf(given: unknown): number | null {
  const value = typeof given === 'string' && /^(?:\d+(?:\.\d*)?|\.\d+)$/.test(given) ? Number(given) : given
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : null
}

const exampleOf = (word: ChaosWord): string => `${word}=${isDuration(word) ? '200ms' : '0.1'}`

function wrong(message: string): DevHookError {
  const words = Object.keys(CHAOS_WORDS).filter(isWord).map(exampleOf)
  return new DevHookError('usage', message, { remedy: `there are ${words.join(', ')}` })
}
