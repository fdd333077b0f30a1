// The query of a list: filters, order, paging and selected fields.
// Source: developers.web1on1.chat/apireference/fetchingresources.
import { asRecord, isSameJson, type Json } from '../../core/json.ts'
import type { Document } from '../../protocol/resources.ts'

const USUAL_LIMIT = 100
const MAX_LIMIT = 1_000

export interface Query {
  readonly offset: number
  readonly limit: number
  /** Field paths; a leading `-` means descending. */
  readonly sort: readonly string[]
  /** Field names to keep; empty keeps all. */
  readonly select: readonly string[]
  readonly populate: readonly string[]
  readonly filters: readonly QueryFilter[]
}

/** A filter of a list: a dotted path into the document, and the condition on its value. */
export interface QueryFilter {
  readonly path: string
  readonly wanted: string
}

/** Reads a query string. Whatever is not a number where one belongs falls back to the default. */
export function parseQuery(search: string): Query {
  const given = new URLSearchParams(search)
  const { offset, limit, sort, select, populate, ...filters } = Object.fromEntries(given)
  return {
    offset: wholeNumber(offset, 0),
    limit: Math.min(Math.max(wholeNumber(limit, USUAL_LIMIT), 1), MAX_LIMIT),
    sort: commaList(sort),
    select: commaList(select),
    populate: commaList(populate),
    filters: Object.entries(filters).map(([path, wanted]) => ({ path: path === 'ids' ? 'id' : path, wanted })),
  }
}

const wholeNumber = (text: string | undefined, otherwise: number): number =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : otherwise

const commaList = (text: string | undefined): readonly string[] => (text ? text.split(',').filter(Boolean) : [])

/** The documents that a query asks for, before `select`, and whether there are more behind them. */
export function findDocuments<T extends Document>(
  all: readonly T[],
  query: Query,
): { readonly found: readonly T[]; readonly more: boolean } {
  const matching = all.filter((document) => query.filters.every((filter) => matches(document, filter)))
  const sorted = query.sort.length === 0 ? matching : matching.toSorted(byFields(query.sort))
  const end = query.offset + query.limit
  return { found: sorted.slice(query.offset, end), more: sorted.length > end }
}

/** The document with only the selected fields, and always its id. */
export function selectFields(document: Document, select: readonly string[]): Json {
  if (select.length === 0) return document
  return Object.fromEntries(Object.entries(document).filter(([field]) => field === 'id' || select.includes(field)))
}

/** The address of the next part of a list. */
export function nextUrl(base: string, search: string, query: Query): string {
  const next = new URLSearchParams(search)
  next.set('limit', String(query.limit))
  next.set('offset', String(query.offset + query.limit))
  return `${base}?${next.toString()}`
}

/** Whether a document passes a filter: one of the values at its path does. */
export function matches(document: Document, { path, wanted }: QueryFilter): boolean {
  const values = valuesAt(document, path.split('.'))
  return values.some((value) => valueMatches(value, wanted))
}

/** Whether a document has each of these values at its path. */
export const hasValues = (document: Document, values: Json): boolean =>
  Object.entries(values).every(([path, wanted]) =>
    valuesAt(document, path.split('.')).some((value) => isSameJson(value, wanted)),
  )

// A path through a list means any of its entries: `participants.user=…`.
function valuesAt(from: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(from)) return from.flatMap((entry: unknown) => valuesAt(entry, path))
  const [key, ...rest] = path
  if (key === undefined) return [from]
  const record = asRecord(from)
  return record !== null && Object.hasOwn(record, key) ? valuesAt(record[key], rest) : []
}

function valueMatches(value: unknown, wanted: string): boolean {
  if (typeof value === 'object' && value !== null) return false
  const text = String(value)
  if (wanted.startsWith('[') && wanted.endsWith(']')) return wanted.slice(1, -1).split(',').includes(text)
  if (wanted.startsWith('~')) return text.toLowerCase().includes(wanted.slice(1).toLowerCase())
  if (wanted.startsWith('^')) return text.startsWith(wanted.slice(1))
  if (wanted.startsWith('>=')) return compare(value, wanted.slice(2)) >= 0
  if (wanted.startsWith('<=')) return compare(value, wanted.slice(2)) <= 0
  if (wanted.startsWith('>')) return compare(value, wanted.slice(1)) > 0
  if (wanted.startsWith('<')) return compare(value, wanted.slice(1)) < 0
  return text === wanted
}

// Numbers compare as numbers; everything else as text, which is right for ISO 8601 dates too.
function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number') return a - Number(b)
  const [left, right] = [String(a), String(b)]
  if (left === right) return 0
  return left < right ? -1 : 1
}

function byFields(fields: readonly string[]): (a: Document, b: Document) => number {
  return (a, b) => {
    for (const field of fields) {
      const path = field.replace(/^-/, '').split('.')
      const order = compare(valuesAt(a, path)[0] ?? '', valuesAt(b, path)[0] ?? '')
      if (order !== 0) return field.startsWith('-') ? -order : order
    }
    return 0
  }
}
