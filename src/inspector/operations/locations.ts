// What the paths of the HTTP API are made of, without the table of operations, which is large.

/** What all paths of the API begin with. */
export const API = '/api'

/** The stream of what happens, as server-sent events. */
export const STREAM_PATH = `${API}/stream`

/** `replayConversation` → `/api/replay-conversation`. */
export const pathOf = (operation: string): string =>
  `${API}/${operation.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
