// Chaos in the calls of the bot: a token that expires, a call that is not done, an answer that is late.

import { sleep } from '../../core/async.ts'
import { callerOf } from '../access/access.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'
import type { ApiApp, ApiRequest } from '../http/app.ts'
import type { Chaos } from './chaos.ts'

/** Brings chaos into the calls of the API, once it is known that it is the bot who calls: `by` is whose call it is. */
export function disturbCalls(
  app: ApiApp,
  { tokens, seeded }: AppContext,
  chaos: Pick<Chaos, 'seed' | 'call'>,
  by: (request: ApiRequest) => string | null,
): void {
  const late = new WeakMap<ApiRequest, number>()

  app.onRequest(async (request) => {
    if (by(request) !== seeded.bot.id) return
    const { expires, fails, slowMs } = chaos.call(request.method, request.url)
    if (expires) {
      tokens.expire(seeded.bot.id)
      callerOf(request, tokens)
    }
    if (fails) throw new ApiError(503, `Service unavailable (chaos, seed ${chaos.seed})`)
    if (slowMs > 0) late.set(request, slowMs)
  })

  app.onSend(async (request, _reply, payload) => {
    const ms = late.get(request)
    if (ms !== undefined) await sleep(ms, app.closed)
    return payload
  })
}
