// Replacing personal data in documents, and in the texts of them: what is fit to be passed on has nobody in it.
import { asRecord, isRecord } from '../../core/json.ts'
import { findPersonalData, isPersonalField, type PersonalData } from './find.ts'
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
  const standIns = createStandIns((word) => text.includes(normal(word)))
  const found = findPersonalData([value])
  namePeople(found.names, standIns)
  const replace = createReplace(found, standIns)
  // The type stays: only texts and numbers within it change.
  return { value: mapped(value, replace) as T, replaced: standIns.list() }
}

/** Gives everybody a stand-in; the parts of a name have parts of it. */
function namePeople(names: readonly string[], standIns: StandIns): void {
  const whole = names.filter((name) => /\s/.test(name.trim()))
  for (const name of [...whole, ...names.filter((one) => !whole.includes(one))]) {
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

/** The words that were found, in every form in which they may stand in a text, with what gives the stand-in of one. */
type Literals = ReadonlyMap<string, { readonly key: string; readonly standIn: (found: string) => string | null }>

function literalsOf({ names, values, slugs }: PersonalData, standIns: StandIns): Literals {
  const literals = new Map<string, { readonly key: string; readonly standIn: (found: string) => string | null }>()
  const add = (text: string, standIn: (found: string) => string | null): void => {
    for (const form of [text, text.normalize('NFC'), text.normalize('NFD'), encodeSafely(text)]) {
      const known = literals.get(form.toLowerCase())
      literals.set(form.toLowerCase(), known ?? { key: text, standIn })
    }
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

function createReplace(found: PersonalData, standIns: StandIns): Replace {
  const literals = literalsOf(found, standIns)
  const words = [...literals.keys()].toSorted((a, b) => b.length - a.length).map(escapeExpression)
  const word = words.length === 0 ? '(?!)' : String.raw`(?<![\p{L}\p{N}])(?:${words.join('|')})(?![\p{L}\p{N}])`
  const shapes = `(?<email>${EMAIL})|(?<word>${word})|(?<id>${ID})|(?<phone>${PHONE})`
  const all = new RegExp(`(?<link>${LINK})|${shapes}`, 'giu')
  const withoutLinks = new RegExp(shapes, 'giu')

  const inText = (text: string, expression: RegExp): string =>
    text.replace(expression, (match: string, ...rest: readonly unknown[]) =>
      standInOf(match, asRecord(rest.at(-1)) ?? {}),
    )

  function standInOf(match: string, groups: Readonly<Record<string, unknown>>): string {
    if (groups['link'] !== undefined) return ofLink(match)
    if (groups['email'] !== undefined) return standIns.of('e-mail address', match, normal(match.replace(/%40/, '@')))
    if (groups['word'] !== undefined) return literals.get(match.toLowerCase())?.standIn(match) ?? match
    if (groups['id'] !== undefined) return standIns.of('id', match)
    return ISO_DATE.test(match) ? match : standIns.of('telephone number', match, digitsOf(match))
  }

  function ofLink(link: string): string {
    const bare = withoutPunctuation(link)
    const isPlain = !/[?#@]/.test(bare) && !SECRET_PART.test(bare)
    return isPlain ? inText(link, withoutLinks) : standIns.of('link', bare) + link.slice(bare.length)
  }

  return {
    text: (text, isPersonal = false) => {
      if (isPersonal && text.trim() !== '' && text.trim().length < MIN_LENGTH) return standIns.of('value', text)
      return ISO_TIME.test(text) && !isPersonal ? text : inText(text, all)
    },
    number: (number, isPersonal) => (isPersonal || literals.has(String(number)) ? 0 : number),
  }
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
      const object: Record<string, unknown> = {}
      put(object)
      const members = Object.entries(from).map(([name, member]): Part => {
        const own = replace.text(name)
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

const escapeExpression = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
