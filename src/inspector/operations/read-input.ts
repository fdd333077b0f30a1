// Reading the input of an operation as it comes from outside: as a JSON object, or as the query of a URL.
import { DevHookError } from '../../core/errors.ts'
import { isRecord, type Json } from '../../core/json.ts'
import { Mismatch } from './shape.ts'
import { type InputOf, OPERATIONS, type OperationName } from './table.ts'

/** Where an operation says what it takes. */
const REMEDY = 'see /api/openapi.json for what it takes'

const refuse = (name: OperationName, problem: string): DevHookError =>
  new DevHookError('usage', `${name}: ${problem}`, { remedy: REMEDY })

/** Reads an input. Throws `usage` with a sentence that names the field which is missing, unknown, or not what it should be. */
export function readInput<N extends OperationName>(name: N, given: unknown): InputOf<N> {
  if (!isRecord(given)) throw refuse(name, 'the input is not a JSON object')
  const fields = Object.entries(OPERATIONS[name].input)
  const unknown = Object.keys(given).find((key) => !fields.some(([field]) => field === key))
  if (unknown !== undefined) throw refuse(name, `unknown field \`${unknown.slice(0, 100)}\``)
  try {
    const read = fields.map(([field, { shape, required }]) => {
      const value = given[field]
      if (value !== undefined) return [field, shape.read(value, field)]
      if (required) throw new Mismatch(`\`${field}\` is missing`)
      return [field, null]
    })
    // Each field has just been read by the shape that stands under its name.
    return Object.fromEntries(read) as InputOf<N>
  } catch (error) {
    throw error instanceof Mismatch ? refuse(name, error.message) : error
  }
}

/** The input that a query holds: numbers and switches as what they are, all else as text. Throws `usage` for a field given twice. */
export function inputInQuery(name: OperationName, query: URLSearchParams): Json {
  const fields: Readonly<Record<string, { readonly shape: { readonly schema: Json } }>> = OPERATIONS[name].input
  const keys = [...query.keys()]
  const twice = keys.find((key, at) => keys.indexOf(key) !== at)
  if (twice !== undefined) throw refuse(name, `\`${twice.slice(0, 100)}\` is given twice`)
  return Object.fromEntries(
    [...query].map(([key, value]) => [
      key,
      valueIn(value, Object.hasOwn(fields, key) ? fields[key]?.shape.schema : {}),
    ]),
  )
}

function valueIn(text: string, schema: Json | undefined): unknown {
  const type = schema?.['type']
  if ((type === 'integer' || type === 'number') && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
