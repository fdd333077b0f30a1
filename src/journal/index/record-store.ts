// Records as text outside the heap, the oldest of which go first, found again by an id or a key.
// What is kept for hours would else be copied, and looked through, by the garbage collections, which took twice as long.
import { createHashChains } from './hash-chains.ts'

/** Which record it is: 1 for the first, and one more for each that follows. */
export type RecordNumber = number

/** What a record is found by, never empty; `null` for nothing. */
export interface FoundBy {
  readonly id: string | null
  readonly key: string | null
}

export interface RecordStore<T> {
  /** The oldest that is not forgotten; where the next one will be when there is none. */
  readonly first: RecordNumber
  /** Where the next one will be. */
  readonly end: RecordNumber
  /** Adds a record, and what is known of it besides. */
  add(by: FoundBy, value: T): RecordNumber
  /** Gives a record its text, and moves there what it is found by, which is on the heap until then. */
  write(number: RecordNumber, json: string): void
  /** What was added as `id`; empty for `null`. */
  id(number: RecordNumber): string
  /** What was added as `key`; empty for `null`. */
  key(number: RecordNumber): string
  /** Its text; empty until it has one. */
  json(number: RecordNumber): string
  /** `null` for one that is forgotten, or not there yet. */
  value(number: RecordNumber): T | null
  /** The latest with this id; 0 when there is none. */
  findId(id: string): RecordNumber
  /** The latest with this key; 0 when there is none. */
  findKey(key: string): RecordNumber
  /** Forgets all before this one. */
  forgetBefore(number: RecordNumber): void
}

/** Where the text of a record is, which begins with its id and its key, and what is known of it besides. */
interface Place<T> {
  /** Until its text is written. */
  by: FoundBy | null
  page: Buffer
  begin: number
  idEnd: number
  keyEnd: number
  end: number
  value: T | null
}

/** As UTF-8, no character takes more bytes for each of its code units. */
const MOST_BYTES_PER_UNIT = 3
const PAGE_BYTES = 256 * 1024
const NO_PAGE = Buffer.alloc(0)
const LEAST_PLACES = 1_024

/** Creates an empty store. */
// One story: a ring of places, the page that text is written to, and the chains in which it is found.
export function createRecordStore<T>(): RecordStore<T> {
  /** Each record has the place of its number modulo their count, a power of two. They are used again and again. */
  let places = createPlaces<T>(LEAST_PLACES)
  let ids = createHashChains(LEAST_PLACES)
  let keys = createHashChains(LEAST_PLACES)
  let page = NO_PAGE
  let used = 0
  let first = 1
  let end = 1

  function placeOf(number: RecordNumber): Place<T> {
    const place = places[number & (places.length - 1)]
    if (place === undefined) throw new Error(`record ${number} has no place`)
    return place
  }

  function add(by: FoundBy, value: T): RecordNumber {
    if (end - first === places.length) grow()
    const number = end
    const place = placeOf(number)
    place.by = by
    place.value = value
    if (by.id !== null) ids.add(number, by.id)
    if (by.key !== null) keys.add(number, by.key)
    end += 1
    return number
  }

  function write(number: RecordNumber, json: string): void {
    if (number < first) return
    const place = placeOf(number)
    if (place.by === null) return
    const { id, key } = place.by
    reserve((id?.length ?? 0) + (key?.length ?? 0) + json.length)
    place.by = null
    place.page = page
    place.begin = used
    if (id !== null) used += page.write(id, used)
    place.idEnd = used
    if (key !== null) used += page.write(key, used)
    place.keyEnd = used
    used += page.write(json, used)
    place.end = used
  }

  function reserve(units: number): void {
    const bytes = MOST_BYTES_PER_UNIT * units
    if (used + bytes <= page.length) return
    page = Buffer.allocUnsafeSlow(Math.max(PAGE_BYTES, bytes))
    used = 0
  }

  function grow(): void {
    const larger = createPlaces<T>(2 * places.length)
    ids = createHashChains(larger.length)
    keys = createHashChains(larger.length)
    for (let number = first; number < end; number += 1) {
      const place = placeOf(number)
      larger[number & (larger.length - 1)] = place
      if (idIn(place) !== '') ids.add(number, idIn(place))
      if (keyIn(place) !== '') keys.add(number, keyIn(place))
    }
    places = larger
  }

  function forgetBefore(number: RecordNumber): void {
    for (; first < number; first += 1) {
      const place = placeOf(first)
      place.page = NO_PAGE
      place.by = null
      place.value = null
    }
  }

  const hasId = (number: RecordNumber, id: string): boolean => {
    const { by, page: bytes, begin, idEnd } = placeOf(number)
    return by === null ? isTextAt(bytes, begin, idEnd, id) : by.id === id
  }
  const hasKey = (number: RecordNumber, key: string): boolean => keyIn(placeOf(number)) === key

  return {
    get first() {
      return first
    },
    get end() {
      return end
    },
    add,
    write,
    id: (number) => idIn(placeOf(number)),
    key: (number) => keyIn(placeOf(number)),
    json: (number) => {
      const { by, page: bytes, keyEnd, end: jsonEnd } = placeOf(number)
      return by === null ? bytes.toString('utf8', keyEnd, jsonEnd) : ''
    },
    value: (number) => (number < first || number >= end ? null : placeOf(number).value),
    findId: (id) => ids.find(id, first, hasId),
    findKey: (key) => keys.find(key, first, hasKey),
    forgetBefore,
  }
}

const createPlaces = <T>(count: number): Place<T>[] =>
  Array.from({ length: count }, () => ({ by: null, page: NO_PAGE, begin: 0, idEnd: 0, keyEnd: 0, end: 0, value: null }))

const idIn = <T>({ by, page, begin, idEnd }: Place<T>): string =>
  by === null ? page.toString('utf8', begin, idEnd) : (by.id ?? '')
const keyIn = <T>({ by, page, idEnd, keyEnd }: Place<T>): string =>
  by === null ? page.toString('utf8', idEnd, keyEnd) : (by.key ?? '')

/** Whether some bytes are this text. Byte by byte, because each delivery is looked up several times: ours are ASCII. */
function isTextAt(bytes: Buffer, begin: number, end: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) return bytes.toString('utf8', begin, end) === text
    if (bytes[begin + i] !== unit) return false
  }
  return end - begin === text.length
}
