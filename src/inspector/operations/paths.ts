// Where the operations stand in the HTTP API.
import { OPERATION_NAMES, OPERATIONS, type OperationName } from './table.ts'

/** What all paths of the API begin with. */
export const API = '/api'

/** The stream of what happens, as server-sent events. */
export const STREAM_PATH = `${API}/stream`

/** The description of the API. */
export const OPENAPI_PATH = `${API}/openapi.json`

/** `replayConversation` → `/api/replay-conversation`. */
export const pathOf = (name: OperationName): string =>
  `${API}/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

export const methodOf = (name: OperationName): 'GET' | 'POST' => (OPERATIONS[name].changes ? 'POST' : 'GET')

const BY_PATH: ReadonlyMap<string, OperationName> = new Map(OPERATION_NAMES.map((name) => [pathOf(name), name]))

/** The operation behind a path; `null` for none. */
export const operationAt = (path: string): OperationName | null => BY_PATH.get(path) ?? null
