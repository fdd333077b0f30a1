// Replacing personal data in documents, and in the texts of them: the result can be passed on without naming anybody.
import { isRecord } from '../../core/json.ts'
import { findPersonalData, isPersonalField, type PersonalData } from './find.ts'
import { createKnownWords, type KnownWords } from './known-words.ts'
import { isOfPlatform } from './platform-words.ts'
import { createStandIns, normal, type Replacement, type StandIns } from './stand-ins.ts'

/** Documents without personal data, and what was replaced in them. */
export interface Anonymous<T> {
  readonly value: T
  readonly replaced: readonly Replacement[]
}

/** Shorter values would blot out ordinary text: they are replaced where they were found only. */
const MIN_LENGTH = 3

const LINK = String.raw`(?:[a-z][a-z0-9+.-]{0,20}:\/\/|www\.)[^\s"'<>()[\]{}|\\^]+`
const EMAIL = String.raw`[\p{L}\p{N}._%+'-]{1,64}(?:@|%40)[\p{L}\p{N}.-]{1,255}`
const ID = `(?<![0-9a-z])(?:[0-9a-f]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-z])`
const PHONE = String.raw`(?<![\p{L}\p{N}.])(?:\+|\(\+?)?\d(?:[ \t()./-]{0,3}\d){6,}(?![\p{L}\p{N}])`

/** Replaces the personal data in a JSON value: names, e-mail addresses, telephone numbers, links, ids, and what fields say to be personal. */
export function withoutPersonalData<T>(value: T): Anonymous<T> {
  const text = normal(JSON.stringify(value) ?? '')
  const numbered = new Set(text.match(NUMBERED))
  const standIns = createStandIns((word) => {
    const known = normal(word)
    // There may be thousands of those.
    return /\d/.test(known) ? numbered.has(known) : text.includes(known)
  })
  const found = findPersonalData([value])
  namePeople(found.names, standIns)
  const replace = createReplace(found, standIns)
  // The type stays: only texts and numbers within it change.
  return { value: mapped(value, replace) as T, replaced: standIns.list() }
}

/** Stand-ins of those for whom there is no name left, as `stand-ins.ts` numbers them. */
const NUMBERED = /(?:person|family)\d+/g

/** Gives everybody a stand-in; the parts of a name have parts of it. */
function namePeople(names: readonly string[], standIns: StandIns): void {
  const isWhole = (name: string): boolean => /\s/.test(name.trim())
  for (const name of [...names.filter(isWhole), ...names.filter((one) => !isWhole(one))]) {
    const [first = name, ...rest] = partsOf(name)
    const known = standIns.name(name) ?? standIns.name(first)
    if (known !== null && rest.length === 0) continue
    const [given, family] = standIns.nextPerson()
    standIns.setName(name, rest.length === 0 ? given : `${given} ${family}`)
    standIns.setName(first, given)
    for (const part of rest) standIns.setName(part, family)
  }
}

/** The words of a name that would be recognised alone. */
const partsOf = (name: string): readonly string[] =>
  name.split(/[\s,]+/).filter((part) => part.replace(/[^\p{L}\p{N}]/gu, '').length >= MIN_LENGTH)

/** What replaces texts and numbers; `isPersonal`: a field says that this one is personal. */
interface Replace {
  text(text: string, isPersonal?: boolean): string
  number(number: number, isPersonal: boolean): number
}

/** What gives the stand-in of a word as it was found; `null` where it is an ordinary one. */
type StandInOf = (found: string) => string | null

/** The words that were found, in every form in which they may stand in a text. */
function literalsOf({ names, values, slugs }: PersonalData, standIns: StandIns): KnownWords<StandInOf> {
  const literals = createKnownWords<StandInOf>()
  const add = (text: string, standIn: StandInOf): void => {
    for (const form of [text, text.normalize('NFC'), text.normalize('NFD'), encodeSafely(text)])
      literals.add(form, standIn)
  }
  for (const value of values)
    if (value.trim().length >= MIN_LENGTH) add(value.trim(), () => valueStandIn(value, standIns))
  for (const slug of slugs) if (slug.length >= MIN_LENGTH) add(slug, () => standIns.of('id', slug))
  for (const name of names) {
    for (const part of [name.trim(), ...partsOf(name)]) {
      // `An`, but not every `an`.
      const isIt = (found: string): boolean => part.length >= MIN_LENGTH || found === part
      if (part !== '') add(part, (found) => (isIt(found) ? standIns.name(part) : null))
    }
  }
  return literals
}

/** A part of a text that has a stand-in. */
interface Place {
  readonly start: number
  readonly end: number
  /** Of several that begin at the same character the one with the lowest counts. */
  readonly rank: number
  readonly standIn: (found: string) => string
}

/** Finds the next one from an index on. */
type NextPlace = (from: number) => Place | null

function createReplace(found: PersonalData, standIns: StandIns): Replace {
  const literals = literalsOf(found, standIns)
  const ofEmail = (email: string): string => standIns.of('e-mail address', email, normal(email.replace(/%40/, '@')))
  const ofId = (id: string): string => standIns.of('id', id)
  const ofNumber = (number: string): string =>
    ISO_DATE.test(number) ? number : standIns.of('telephone number', number, digitsOf(number))

  function ofLink(link: string): string {
    const bare = withoutPunctuation(link)
    const isPlain = !/[?#@]/.test(bare) && !SECRET_PART.test(bare)
    return isPlain ? inText(link, false) : standIns.of('link', bare) + link.slice(bare.length)
  }

  function shapesIn(text: string, withLinks: boolean): NextPlace {
    const expression = shapesFor(text, withLinks)
    return (from) => {
      expression.lastIndex = from
      const match = expression.exec(text)
      if (match === null) return null
      const { link, email, id } = match.groups ?? {}
      const place = { start: match.index, end: match.index + match[0].length }
      if (link !== undefined) return { ...place, rank: 0, standIn: ofLink }
      if (email !== undefined) return { ...place, rank: 0, standIn: ofEmail }
      return { ...place, rank: 2, standIn: id === undefined ? ofNumber : ofId }
    }
  }

  function wordsIn(text: string): NextPlace {
    const next = literals.in(text)
    return (from) => {
      const word = next(from)
      if (word === null) return null
      return { start: word.start, end: word.end, rank: 1, standIn: (own) => word.known(own) ?? own }
    }
  }

  function inText(text: string, withLinks: boolean): string {
    const [nextShape, nextWord] = [shapesIn(text, withLinks), wordsIn(text)]
    const parts: string[] = []
    let at = 0
    let [shape, word] = [nextShape(0), nextWord(0)]
    for (let place = earlier(shape, word); place !== null; place = earlier(shape, word)) {
      parts.push(text.slice(at, place.start), place.standIn(text.slice(place.start, place.end)))
      at = place.end
      if (shape !== null && shape.start < at) shape = nextShape(at)
      if (word !== null && word.start < at) word = nextWord(at)
    }
    return parts.join('') + text.slice(at)
  }

  return {
    text: (text, isPersonal = false) => {
      if (isPersonal && text.trim() !== '' && text.trim().length < MIN_LENGTH) return standIns.of('value', text)
      // A person may be called Alex Agent: their colleagues keep the role `agent`.
      const isNobody = !isPersonal && (ISO_TIME.test(text) || isOfPlatform(text))
      return isNobody ? text : inText(text, true)
    },
    number: (number, isPersonal) => (isPersonal || literals.has(String(number)) ? 0 : number),
  }
}

function earlier(a: Place | null, b: Place | null): Place | null {
  if (a === null || b === null) return a ?? b
  return a.start < b.start || (a.start === b.start && a.rank < b.rank) ? a : b
}

const LINKS = `(?<link>${LINK})`
const EMAILS = `(?<email>${EMAIL})`
const NUMBERS = `(?<id>${ID})|(?<phone>${PHONE})`

/** What is recognised by its shape. What a text cannot have is not looked for in it. */
const SHAPES = {
  all: new RegExp(`${LINKS}|${EMAILS}|${NUMBERS}`, 'giu'),
  links: new RegExp(`${LINKS}|${NUMBERS}`, 'giu'),
  emails: new RegExp(`${EMAILS}|${NUMBERS}`, 'giu'),
  numbers: new RegExp(NUMBERS, 'giu'),
} as const

function shapesFor(text: string, withLinks: boolean): RegExp {
  const hasLinks = withLinks && /:\/\/|www\./i.test(text)
  if (/@|%40/.test(text)) return hasLinks ? SHAPES.all : SHAPES.emails
  return hasLinks ? SHAPES.links : SHAPES.numbers
}

/** The same text without the punctuation it ends in; an expression for that would look at every run of it before. */
function withoutPunctuation(text: string): string {
  let end = text.length
  while (end > 0 && '.,;:!?'.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** A part of a path that nobody could guess. */
const SECRET_PART = /\/(?![0-9a-f]{24}(?:\/|$))(?=[^/]{0,200}\d)(?=[^/]{0,200}[a-z])[\w.~=-]{20,}(?:\/|$)/i
const ISO_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/
const ISO_DATE = /^\d{4}-\d\d-\d\d$/

function valueStandIn(value: string, standIns: StandIns): string {
  const text = value.trim()
  if (/^[^\s@]+@[^\s@]+$/.test(text)) return standIns.of('e-mail address', text)
  const isNumber = /^\+?[\d\s()./-]{7,}$/.test(text) && digitsOf(text).length >= 7
  return isNumber ? standIns.of('telephone number', text, digitsOf(text)) : standIns.of('value', text)
}

const digitsOf = (text: string): string => text.replace(/\D/g, '')

/** The value with its texts, names of members and personal numbers replaced; without recursion, as it may be nested deeply. */
function mapped(value: unknown, replace: Replace): unknown {
  const root: unknown[] = []
  type Part = { readonly from: unknown; readonly isPersonal: boolean; readonly put: (value: unknown) => void }
  const open: Part[] = [{ from: value, isPersonal: false, put: (made) => void root.push(made) }]
  // An object that is in it twice has one stand-in, too.
  const known = new Map<unknown, unknown>()
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const { from, isPersonal, put } = part
    if (typeof from === 'string') put(replace.text(from, isPersonal))
    else if (typeof from === 'number') put(replace.number(from, isPersonal))
    else if (Array.isArray(from)) {
      const list: unknown[] = from.map(() => null)
      put(list)
      const items = from.map((item, at): Part => {
        const put = (made: unknown): void => {
          list[at] = made
        }
        return { from: item, isPersonal, put }
      })
      open.push(...items.toReversed())
    } else if (isRecord(from)) {
      const before = isPersonal ? undefined : known.get(from)
      const object: Record<string, unknown> = {}
      put(before ?? object)
      if (before !== undefined) continue
      if (!isPersonal) known.set(from, object)
      const members = Object.entries(from).map(([name, member]): Part => {
        // A header's name is the same in any case.
        const own = isOfPlatform(name.toLowerCase()) ? name : replace.text(name)
        object[own] = null
        const put = (made: unknown): void => {
          object[own] = made
        }
        return { from: member, isPersonal: isPersonal || isPersonalField(name), put }
      })
      open.push(...members.toReversed())
    } else put(from)
  }
  return root[0]
}

function encodeSafely(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    // Half a character, which no URL can have.
    return text
  }
}
