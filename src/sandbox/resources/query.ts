// The query of a list: filters, order, paging and selected fields.
// Source: developers.web1on1.chat/apireference/fetchingresources.
import { asRecord, isSameJson, type Json } from '../../core/json.ts'
import type { Document } from '../../protocol/resources.ts'

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

/** The documents that a query asks for, before `select`, whether more follow, and how many there are in all. */
export function findDocuments<T extends Document>(
  all: readonly T[],
  query: Query,
): { readonly found: readonly T[]; readonly more: boolean; readonly total: number } {
  const matching = all.filter((document) => query.filters.every((filter) => matches(document, filter)))
  const sorted = query.sort.length === 0 ? matching : matching.toSorted(byFields(query.sort))
  const end = query.offset + query.limit
  return { found: sorted.slice(query.offset, end), more: sorted.length > end, total: sorted.length }
}

/** The document with only the selected fields, which may lie deeper (`meta.topic`), and always its id. */
export function selectFields(document: Document, select: readonly string[]): Json {
  if (select.length === 0) return document
  return selected(document, [['id'], ...select.map((path) => path.split('.'))])
}

function selected(object: Json, paths: readonly (readonly string[])[]): Json {
  const entries = Object.entries(object).flatMap(([field, value]) => {
    const wanted = paths.filter(([first]) => first === field).map(([, ...rest]) => rest)
    if (wanted.length === 0) return []
    return [[field, wanted.some((rest) => rest.length === 0) ? value : within(value, wanted)]]
  })
  return Object.fromEntries(entries)
}

function within(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown) => within(entry, paths))
  const record = asRecord(value)
  return record === null ? value : selected(record, paths)
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
