// The HTTP server of the emulated API: what every request passes before any route.

import { monotonic } from '../core/async.ts'
import { codeOf, DevHookError } from '../core/errors.ts'
import type { Document } from '../protocol/resources.ts'
import { callerOf } from './access/access.ts'
import { serveAuth, TOKEN_PATH } from './access/auth.ts'
import type { RequestLimit } from './access/rate-limit.ts'
import { ApiError } from './api-error.ts'
import type { AppContext } from './app-context.ts'
import { type AnsweredCall, type ApiCall, type CallLog, createCallLog } from './call-log.ts'
import type { Chaos } from './chaos/chaos.ts'
import { disturbCalls } from './chaos/disturb-calls.ts'
import { answerAfter, endsBefore } from './chaos/fault-answers.ts'
import type { Faults } from './chaos/faults.ts'
import { type ApiApp, type ApiRequest, createApp } from './http/app.ts'
import { withoutQuery } from './http/paths.ts'
import { bots } from './resources/bots.ts'
import { conversations } from './resources/conversations.ts'
import { messages, servePosting } from './resources/messages.ts'
import { plainResources } from './resources/others.ts'
import { serveResource } from './resources/resource.ts'
import { services } from './resources/services.ts'
import type { Activity } from './time/activity.ts'

export interface ApiServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly port: number
  readonly log: CallLog
  /** Cuts every connection. Idempotent. */
  close(): Promise<void>
}

/** Opens the API on loopback. */
export async function openApi(options: {
  readonly context: AppContext
  readonly port: number
  readonly activity: Pick<Activity, 'begin'>
  readonly chaos: Pick<Chaos, 'seed' | 'call'>
  readonly limit: Pick<RequestLimit, 'take'>
  readonly faults: Pick<Faults, 'take'>
  /** Called with every call, and the sentence with which it was refused; `null` for one that was not, or that has no route. */
  readonly onCall?: (call: ApiCall, refusal: string | null) => void
  /** Called with whoever logs in by a password. */
  readonly onLogin?: (user: Document) => void
}): Promise<ApiServer> {
  const { context, port, activity, chaos, limit, faults, onCall = () => undefined, onLogin = () => undefined } = options
  const log = createCallLog()
  const notes = createNotes()
  const app = createApp()
  app.onError((request, error) => {
    notes.of(request).refusal = error.message
  })

  function record(request: ApiRequest, status: number | null): void {
    onCall(log.add(answered(request, status, notes.of(request), context.clock.now())), notes.of(request).refusal)
  }
  app.onResponse(record)
  app.server.on('request', (_request, response) => void response.once('close', activity.begin()))

  app.onRequest(async (request, reply) => {
    const noted = notes.of(request)
    const effect = faults.take(`${request.method} ${request.url}`, 'before')
    if (await endsBefore(effect, reply, () => cutConnection(request), app.closed)) return
    const caller = withoutQuery(request.url) === TOKEN_PATH ? null : callerOf(request, context.tokens)
    noted.by = caller?.user ?? null
    // Everybody has a budget of their own, however many tokens they have; the admin, whom dev-hook and drivers are, needs none.
    const isFree = caller?.user === context.seeded.admin.id
    const wait = isFree ? 0 : limit.take(caller?.user ?? request.ip)
    if (wait > 0) {
      void reply.header('retry-after', Math.ceil(wait / 1_000))
      throw new ApiError(429, 'Rate limit exceeded')
    }
  })

  disturbCalls(app, context, chaos, (request) => notes.of(request).by)

  // The work is done, but its answer is late, another one, or lost.
  app.onSend(async (request, reply, payload) => {
    const effect = faults.take(`${request.method} ${request.url}`, 'after')
    const answer = await answerAfter(effect, reply, payload, () => cutConnection(request), app.closed)
    notes.of(request).answer = answer
    return answer
  })

  function cutConnection(request: ApiRequest): void {
    record(request, null)
    request.raw.socket.destroy()
  }

  serveAuth(app, context, onLogin)
  serveResources(app, context)
  const url = await listen(app, port)
  return { url, port: Number(new URL(url).port), log, close: app.close }
}

/** What is noted of a call while it is answered. */
interface Notes {
  readonly beganAt: number
  by: string | null
  answer: string | null
  refusal: string | null
}

function createNotes(): { of(request: ApiRequest): Notes } {
  const byRequest = new WeakMap<ApiRequest, Notes>()
  return {
    of: (request) => {
      const notes = byRequest.get(request) ?? { beganAt: monotonic(), by: null, answer: null, refusal: null }
      byRequest.set(request, notes)
      return notes
    },
  }
}

function answered(
  request: ApiRequest,
  status: number | null,
  { beganAt, by, answer }: Notes,
  at: number,
): AnsweredCall {
  const { method, url: path, body, bodyBytes } = request
  const ms = Math.round(monotonic() - beganAt)
  // What is asked for and granted there are credentials; a refusal has none.
  const isPrivate = withoutQuery(request.url) === TOKEN_PATH
  const isGranted = isPrivate && status !== null && status < 400
  const bodies = { body: isPrivate ? null : body, bodyBytes, responseText: isGranted ? null : answer }
  return { at, ms, method, path, status, by, ...bodies }
}

function serveResources(app: ApiApp, context: AppContext): void {
  servePosting(app, context)
  for (const resource of plainResources(context)) serveResource(app, context, resource)
  serveResource(app, context, bots(context))
  serveResource(app, context, services(context))
  serveResource(app, context, conversations(context))
  serveResource(app, context, messages(context))
}

async function listen(app: ApiApp, port: number): Promise<string> {
  try {
    return await app.listen(port)
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error
    throw new DevHookError('portTaken', `port ${port} is in use`, {
      cause: error,
      remedy: 'choose another one with `--api-port`',
    })
  }
}
