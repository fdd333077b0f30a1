// Where the operations stand in the HTTP API.
import { API, pathOf } from './locations.ts'
import { OPERATION_NAMES, OPERATIONS, type OperationName } from './table.ts'

/** The description of the API. */
export const OPENAPI_PATH = `${API}/openapi.json`

export function methodOf(name: OperationName): 'GET' | 'POST' {
  const { changes, inBody } = OPERATIONS[name]
  return changes || inBody === true ? 'POST' : 'GET'
}

const BY_PATH: ReadonlyMap<string, OperationName> = new Map(OPERATION_NAMES.map((name) => [pathOf(name), name]))

/** The operation behind a path; `null` for none. */
export const operationAt = (path: string): OperationName | null => BY_PATH.get(path) ?? null
