// Records as text outside the heap, found by id or key, and forgotten oldest first.
// On the heap, what is kept for hours is traced and moved by every major garbage collection, which took twice as long.
import { createHashChains } from './hash-chains.ts'

/** The number of a record: 1 for the first, then rising by 1. 0 stands for no record. */
export type RecordNumber = number

/** What a record can be found by: texts that are not empty, or `null`. */
export interface LookupKeys {
  readonly id: string | null
  readonly key: string | null
}

export interface RecordStore<T> {
  /** The oldest record that is not forgotten; the same as `end` when there is none. */
  readonly first: RecordNumber
  /** The number of the next record. */
  readonly end: RecordNumber
  /** Adds a record, and a value that stays on the heap with it. Returns its number. */
  add(by: LookupKeys, value: T): RecordNumber
  /** Gives a record its text, and moves its id and key off the heap along with it. */
  write(number: RecordNumber, json: string): void
  /** The id of a record; empty when it has none. */
  id(number: RecordNumber): string
  /** The key of a record; empty when it has none. */
  key(number: RecordNumber): string
  /** The text of a record; empty until it is written. */
  json(number: RecordNumber): string
  /** The value of a record; `null` when it is forgotten, or not added yet. */
  value(number: RecordNumber): T | null
  /** The latest record with this id; 0 when there is none. */
  findId(id: string): RecordNumber
  /** The latest record with this key; 0 when there is none. */
  findKey(key: string): RecordNumber
  /** Forgets all records before this one. */
  forgetBefore(number: RecordNumber): void
}

/** Where a record is: its id, key and text follow one another in a page. */
interface Slot<T> {
  /** Id and key until the text is written; `null` from then on. */
  by: LookupKeys | null
  page: Buffer
  begin: number
  idEnd: number
  keyEnd: number
  end: number
  value: T | null
}

/** UTF-8 takes at most three bytes for a UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3
const PAGE_BYTES = 256 * 1024
const NO_PAGE = Buffer.alloc(0)
const MIN_SLOTS = 1_024

/** Creates an empty store. */
// One story: the ring of slots, the page that text is appended to, and the hash chains all advance together.
export function createRecordStore<T>(): RecordStore<T> {
  /** A record has the slot of its number modulo their count, a power of two. Slots are reused. */
  let ring = createRing<T>(MIN_SLOTS)
  let ids = createHashChains(MIN_SLOTS)
  let keys = createHashChains(MIN_SLOTS)
  let page = NO_PAGE
  let used = 0
  let first = 1
  let end = 1

  function slotOf(number: RecordNumber): Slot<T> {
    const slot = ring[number & (ring.length - 1)]
    if (slot === undefined) throw new Error(`record ${number} has no slot`)
    return slot
  }

  function add(by: LookupKeys, value: T): RecordNumber {
    if (end - first === ring.length) grow()
    const number = end
    const slot = slotOf(number)
    slot.by = by
    slot.value = value
    if (by.id !== null) ids.add(number, by.id)
    if (by.key !== null) keys.add(number, by.key)
    end += 1
    return number
  }

  function write(number: RecordNumber, json: string): void {
    if (number < first) return
    const slot = slotOf(number)
    if (slot.by === null) return
    const { id, key } = slot.by
    reserve((id?.length ?? 0) + (key?.length ?? 0) + json.length)
    slot.by = null
    slot.page = page
    slot.begin = used
    if (id !== null) used += page.write(id, used)
    slot.idEnd = used
    if (key !== null) used += page.write(key, used)
    slot.keyEnd = used
    used += page.write(json, used)
    slot.end = used
  }

  function reserve(units: number): void {
    const bytes = MAX_BYTES_PER_UNIT * units
    if (used + bytes <= page.length) return
    page = Buffer.allocUnsafeSlow(Math.max(PAGE_BYTES, bytes))
    used = 0
  }

  function grow(): void {
    const larger = createRing<T>(2 * ring.length)
    ids = createHashChains(larger.length)
    keys = createHashChains(larger.length)
    for (let number = first; number < end; number += 1) {
      const slot = slotOf(number)
      larger[number & (larger.length - 1)] = slot
      if (idIn(slot) !== '') ids.add(number, idIn(slot))
      if (keyIn(slot) !== '') keys.add(number, keyIn(slot))
    }
    ring = larger
  }

  function forgetBefore(number: RecordNumber): void {
    for (; first < number; first += 1) {
      const slot = slotOf(first)
      slot.page = NO_PAGE
      slot.by = null
      slot.value = null
    }
  }

  const hasId = (number: RecordNumber, id: string): boolean => {
    const { by, page: bytes, begin, idEnd } = slotOf(number)
    return by === null ? isTextAt(bytes, begin, idEnd, id) : by.id === id
  }
  const hasKey = (number: RecordNumber, key: string): boolean => keyIn(slotOf(number)) === key

  return {
    get first() {
      return first
    },
    get end() {
      return end
    },
    add,
    write,
    id: (number) => idIn(slotOf(number)),
    key: (number) => keyIn(slotOf(number)),
    json: (number) => {
      const { by, page: bytes, keyEnd, end: jsonEnd } = slotOf(number)
      return by === null ? bytes.toString('utf8', keyEnd, jsonEnd) : ''
    },
    value: (number) => (number < first || number >= end ? null : slotOf(number).value),
    findId: (id) => ids.find(id, first, hasId),
    findKey: (key) => keys.find(key, first, hasKey),
    forgetBefore,
  }
}

const createRing = <T>(count: number): Slot<T>[] =>
  Array.from({ length: count }, () => ({ by: null, page: NO_PAGE, begin: 0, idEnd: 0, keyEnd: 0, end: 0, value: null }))

const idIn = <T>({ by, page, begin, idEnd }: Slot<T>): string =>
  by === null ? page.toString('utf8', begin, idEnd) : (by.id ?? '')
const keyIn = <T>({ by, page, idEnd, keyEnd }: Slot<T>): string =>
  by === null ? page.toString('utf8', idEnd, keyEnd) : (by.key ?? '')

/** Whether the bytes from `begin` to `end` are this text. Byte by byte, as each delivery is looked up several times; ids are ASCII. */
function isTextAt(bytes: Buffer, begin: number, end: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) return bytes.toString('utf8', begin, end) === text
    if (bytes[begin + i] !== unit) return false
  }
  return end - begin === text.length
}
