// Stand-ins for personal data: the same for the same person or value, and nothing that the text has already.

/** The kinds of what is replaced. */
export const STAND_IN_KINDS = ['name', 'e-mail address', 'telephone number', 'link', 'value', 'id'] as const
export type StandInKind = (typeof STAND_IN_KINDS)[number]

/** Something that was replaced, and by what. */
export interface Replacement {
  readonly kind: StandInKind
  readonly original: string
  readonly standIn: string
}

export interface StandIns {
  /** The stand-in of a value; `key` is what makes it the same as another one, where that is not the value itself. */
  of(kind: StandInKind, original: string, key?: string): string
  /** Makes known what stands for a name, or a part of one. */
  setName(original: string, standIn: string): void
  /** What stands for a name; `null` for one that is not known. */
  name(original: string): string | null
  /** The stand-in of the next person. */
  nextPerson(): readonly [given: string, family: string]
  /** Everything that was replaced so far, in the order of its first appearance. */
  list(): readonly Replacement[]
}

const GIVEN = [
  'Robin',
  'Kim',
  'Sam',
  'Charlie',
  'Jamie',
  'Morgan',
  'Taylor',
  'Casey',
  'Jordan',
  'Riley',
  'Quinn',
  'Avery',
]
const FAMILY = ['Doe', 'Roe', 'Poe', 'Noakes', 'Stiles', 'Hale', 'Marsh', 'Field', 'Brook', 'Stone', 'Lane', 'Hill']

/** As names are compared: without case, and in one form of Unicode. */
export const normal = (text: string): string => text.normalize('NFC').toLowerCase()

/** Creates them; `isTaken` tells whether a word is there already. */
export function createStandIns(isTaken: (word: string) => boolean): StandIns {
  const used = new Map<string, Replacement>()
  const counts = new Map<StandInKind, number>()
  const names = new Map<string, string>()
  const [givens, families] = [wordsFrom(GIVEN, 'Person', isTaken), wordsFrom(FAMILY, 'Family', isTaken)]

  function made(kind: StandInKind, original: string): string {
    const n = (counts.get(kind) ?? 0) + 1
    counts.set(kind, n)
    return MAKE[kind](n, original)
  }

  function use(kind: StandInKind, original: string, key: string, standIn: () => string): string {
    const known = used.get(`${kind} ${key}`)
    if (known !== undefined) return known.standIn
    const replacement = { kind, original, standIn: standIn() }
    used.set(`${kind} ${key}`, replacement)
    return replacement.standIn
  }

  return {
    of: (kind, original, key = normal(original)) => use(kind, original, key, () => made(kind, original)),
    setName: (original, standIn) => {
      if (!names.has(normal(original))) names.set(normal(original), standIn)
    },
    name: (original) => {
      const standIn = names.get(normal(original))
      return standIn === undefined ? null : use('name', original, normal(original), () => standIn)
    },
    nextPerson: () => [givens(), families()],
    list: () => [...used.values()],
  }
}

const MAKE: Readonly<Record<StandInKind, (n: number, original: string) => string>> = {
  name: (n) => `Person ${n}`,
  'e-mail address': (n) => `person${n}@example.com`,
  'telephone number': (n) => `+1555010${String(n).padStart(4, '0')}`,
  link: (n) => `https://example.com/link-${n}`,
  value: (n) => `value-${n}`,
  id: idLike,
}

/** An id in the form of the original one. */
function idLike(n: number, original: string): string {
  const hex = n.toString(16)
  if (/^[0-9a-f]{24}$/i.test(original)) return hex.padStart(24, '0')
  if (original.includes('-') && original.length === 36) return `00000000-0000-4000-8000-${hex.padStart(12, '0')}`
  return `id-${n}`
}

/** The next word of a list that is not taken; when they have run out, numbered ones. */
function wordsFrom(list: readonly string[], beyond: string, isTaken: (word: string) => boolean): () => string {
  let at = 0
  return () => {
    for (;;) {
      const word = list[at] ?? `${beyond}${at + 1}`
      at += 1
      if (!isTaken(word)) return word
    }
  }
}
