// Values of a config module as they could stand in a JSON file, so that they can leave their thread.

/** No config is nested more deeply; a value that contains itself is. */
const MAX_DEPTH = 20

/** The value without what only a module can hold: a URL or a date becomes its text, a function a word that no option takes. */
export function toPlain(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new Error('its default export contains itself, or is nested too deeply')
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if ('toJSON' in value && typeof value.toJSON === 'function') return toPlain(value.toJSON(), depth + 1)
  if (Array.isArray(value)) return value.map((item) => toPlain(item, depth + 1))
  const entries = Object.entries(value).filter(([name]) => name !== '__esModule')
  return Object.fromEntries(entries.map(([name, item]) => [name, toPlain(item, depth + 1)]))
}
