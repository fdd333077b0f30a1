// The routes by which a run is asked, and commanded.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { MAX_BODY_BYTES } from '../core/limits.ts'
import type { Control } from '../core/ports.ts'

/** Twice that, because JSON escapes each quote of the body. */
export const MOST_REQUEST_BYTES = 2 * MAX_BODY_BYTES + 1024

interface ReplayRequest {
  readonly id: string
  /** In place of the recorded one; `null` for that. */
  readonly body: Buffer | null
}

/** Adds them. */
export function addApi(app: FastifyInstance, control: Control): void {
  app.get('/api/status', () => control.status())

  app.post('/api/replay', async (request, reply) => {
    const asked = replayRequest(request.body)
    if (asked === null) return reply.code(400).send({ error: { message: 'expected {"id", "body"?}, both strings' } })
    const { id, body } = asked
    if (body !== null && body.length > MAX_BODY_BYTES)
      return reply.code(413).send({ error: { message: 'the body is too large' } })
    return control.replay(id, body, untilGone(reply))
  })
}

// By hand: a schema compiler would be loaded at every start for these two fields.
function replayRequest(asked: unknown): ReplayRequest | null {
  if (typeof asked !== 'object' || asked === null) return null
  const { id, body, ...more } = asked as Readonly<Record<string, unknown>>
  if (typeof id !== 'string' || Object.keys(more).length > 0) return null
  if (body === undefined) return { id, body: null }
  return typeof body === 'string' ? { id, body: Buffer.from(body) } : null
}

/** Aborted when whoever asked has gone without waiting for the answer. */
function untilGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort()
  })
  return gone.signal
}
