// A sandbox as whoever looks at its run sees it: what may be asked of it, and what it tells.
import { isSuccess } from '../../core/delivery.ts'
import { headerOf } from '../../core/http/raw-headers.ts'
import { asRecord, textIn } from '../../core/json.ts'
import type { SandboxPort } from '../../daemon/types.ts'
import { changeOf } from '../../inspector/stream.ts'
import { jsonInBody } from '../../protocol/body-json.ts'
import type { SandboxNotice } from '../../sandbox/handle.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { callJson, messageJson } from './message-json.ts'
import { createSandboxHandlers } from './sandbox-handlers.ts'

/** Creates the port. What it tells: each message, each call of the bot's, and what has changed, whoever has changed it. */
export function createSandboxPort(sandbox: Sandbox): SandboxPort {
  return {
    handlers: createSandboxHandlers(sandbox),
    hasConversation: (id) => sandbox.data('conversations').get(id) !== null,
    eventContext: sandbox.templateContext,
    answered: (body, { status, headers, body: answer }) => {
      const payload = jsonInBody([], body)
      const [event, data] = [textIn(payload, 'event'), asRecord(payload?.['data'])]
      if (event === null || data === null || !isSuccess(status)) return
      const type = headerOf(headers, 'content-type') ?? ''
      sandbox.answered({ event, data }, { status, type, body: answer.toString('utf8') })
    },
    on: (listener) =>
      sandbox.on((notice) => {
        const event = told(sandbox, notice)
        if (event !== null) listener(event)
      }),
  }
}

function told(sandbox: Sandbox, notice: SandboxNotice) {
  const time = new Date().toISOString()
  if (notice.type === 'message') return { type: notice.type, time, message: messageJson(sandbox, notice.message) }
  if (notice.type === 'changed') return changeOf('conversations')
  // What it does is announced by the run; how it is set is asked for.
  if (notice.type === 'chaos') return notice.word === null ? changeOf('chaos') : null
  if (notice.type !== 'call' || notice.call.by !== sandbox.botId) return null
  return { type: notice.type, time, call: callJson(notice.call) }
}
