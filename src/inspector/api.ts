// The routes of the inspector's API: the status of a run, and replays.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { isRecord } from '../core/json.ts'
import { MAX_BODY_BYTES } from '../core/limits.ts'
import type { Control } from '../core/ports.ts'

/** The longest request, in bytes: six times a body, because JSON may escape each byte of it, as in `\u0001`. */
export const MAX_REQUEST_BYTES = 6 * MAX_BODY_BYTES + 1024

interface ReplayRequest {
  readonly id: string
  /** The body to send; `null` for the recorded one. */
  readonly body: Buffer | null
}

/** Adds the routes for the status of a run, and for replays, to a server. */
export function addApi(app: FastifyInstance, control: Control): void {
  app.get('/api/status', () => control.status())

  app.post('/api/replay', async (request, reply) => {
    const replay = readReplayRequest(request.body)
    if (replay === null) return reply.code(400).send({ error: { message: 'expected {"id", "body"?}, both strings' } })
    const { id, body } = replay
    if (body !== null && body.length > MAX_BODY_BYTES)
      return reply.code(413).send({ error: { message: 'the body is too large' } })
    return control.replay(id, body, abortedOnDisconnect(reply))
  })
}

// By hand: a schema compiler would be loaded at every start for these two fields.
function readReplayRequest(json: unknown): ReplayRequest | null {
  if (!isRecord(json)) return null
  const { id, body, ...more } = json
  if (typeof id !== 'string' || Object.keys(more).length > 0) return null
  if (body === undefined) return { id, body: null }
  return typeof body === 'string' ? { id, body: Buffer.from(body) } : null
}

/** A signal that is aborted when the client disconnects without waiting for the answer. */
function abortedOnDisconnect({ raw }: FastifyReply): AbortSignal {
  const disconnected = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) disconnected.abort()
  })
  return disconnected.signal
}
