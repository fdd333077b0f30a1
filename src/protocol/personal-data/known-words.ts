// Words that are looked for in texts, whatever their case: thousands of them in megabytes take no longer than a few.

/** A word that was found, and what it is known for. */
export interface KnownWord<Known> {
  readonly start: number
  readonly end: number
  readonly known: Known
}

/** Words, with what each is known for. */
export interface KnownWords<Known> {
  /** Makes a word known, unless it is. */
  add(word: string, known: Known): void
  has(word: string): boolean
  /** Looks for them in a text: gives what finds the next one, and of several that begin there the longest, from an index on. */
  in(text: string): (from: number) => KnownWord<Known> | null
}

/** What a text is made of: whole runs of letters and digits, and each other character but space. */
const PART = /[\p{L}\p{N}]+|[^\p{L}\p{N}\s]/gu
const ENDS_IN_WORD = /[\p{L}\p{N}]$/u
const BEGINS_WITH_WORD = /^[\p{L}\p{N}]/u

/** Creates them, without any word. */
export function createKnownWords<Known>(): KnownWords<Known> {
  const words = new Map<string, Known>()
  /** How long the words are that begin with a part, the longest first. */
  const lengths = new Map<string, number[]>()

  function isApart(text: string, start: number, end: number): boolean {
    return (
      !ENDS_IN_WORD.test(text.slice(Math.max(0, start - 2), start)) && !BEGINS_WITH_WORD.test(text.slice(end, end + 2))
    )
  }

  return {
    add: (word, known) => {
      const folded = fold(word)
      const [part] = folded.match(PART) ?? []
      if (part === undefined || !folded.startsWith(part) || words.has(folded)) return
      words.set(folded, known)
      const others = lengths.get(part) ?? []
      if (!others.includes(folded.length))
        lengths.set(
          part,
          [...others, folded.length].toSorted((a, b) => b - a),
        )
    },
    has: (word) => words.has(fold(word)),
    in: (text) => {
      const folded = fold(text)
      return (from) => {
        PART.lastIndex = from
        for (let part = PART.exec(folded); part !== null; part = PART.exec(folded)) {
          const start = part.index
          for (const length of lengths.get(part[0]) ?? []) {
            const known = words.get(folded.slice(start, start + length))
            if (known !== undefined && isApart(text, start, start + length))
              return { start, end: start + length, known }
          }
        }
        return null
      }
    },
  }
}

/** The same text without case, each character where it was. */
function fold(text: string): string {
  const folded = text.toUpperCase().toLowerCase()
  const inPlace = folded.length === text.length ? folded : Array.from(text, foldOne).join('')
  // The last one of a word has a form of its own.
  return inPlace.replaceAll('\u03c2', '\u03c3')
}

function foldOne(character: string): string {
  const folded = character.toUpperCase().toLowerCase()
  return folded.length === character.length ? folded : character
}
