// The smallest value that a JSON Schema allows, as far as the shapes of operations use it.
import { asRecord, type Json } from '../../../src/core/json.ts'

const LISTS: Readonly<Record<string, unknown>> = { array: [], boolean: true, string: 'a' }

/** Makes a value of a schema: objects with all their fields, lists without items. */
export function sampleOf(schema: Json): unknown {
  const { type, format, enum: words, anyOf, prefixItems, minimum, properties } = schema
  if (format === 'date-time') return '2026-01-01T00:00:00.000Z'
  if (Array.isArray(words)) return words[0]
  if (Array.isArray(anyOf)) return sampleOf(asRecord(anyOf[0]) ?? {})
  if (Array.isArray(prefixItems)) return prefixItems.map((item) => sampleOf(asRecord(item) ?? {}))
  if (type === 'integer' || type === 'number') return minimum ?? 0
  if (type === 'object')
    return Object.fromEntries(
      Object.entries(asRecord(properties) ?? {}).map(([key, value]) => [key, sampleOf(asRecord(value) ?? {})]),
    )
  return LISTS[String(type)]
}
