// What tests see of messages, calls and deliveries.
import { DevHookError, ERRORS } from '../core/errors.ts'
import { textIn } from '../core/json.ts'
import { buttonsOf } from '../protocol/buttons.ts'
import type { Message as MessageDocument } from '../protocol/resources.ts'
import type { ApiCall as PlatformCall } from '../sandbox/call-log.ts'
import { isBy } from '../sandbox/chat/people.ts'
import type { SandboxNotice as PlatformNotice } from '../sandbox/handle.ts'
import type { Sandbox as Platform } from '../sandbox/sandbox.ts'
import type { SandboxDelivery } from '../sandbox/webhooks/deliver.ts'
import type { ApiCall, Delivery, Message, SandboxNotice } from './types/types.ts'

/** Messages of one conversation as tests see them; `all` is everything that was said there. */
export function viewsOf(
  messages: readonly MessageDocument[],
  all: readonly MessageDocument[],
  bot: string,
): readonly Message[] {
  return messages.map((message) => {
    const at = all.lastIndexOf(message)
    const asked = isBy(message, bot) ? all.findLast((other, i) => i < at && !isBy(other, bot)) : undefined
    return viewOf(message, asked)
  })
}

/** `asked`: what the message answers. */
function viewOf(document: MessageDocument, asked: MessageDocument | undefined): Message {
  const { id, type, role, text, isBackchannel: backchannel, user, meta } = document
  const contentType = textIn(document, 'contentType') ?? 'text/plain'
  const buttons = buttonsOf(document).map((button) => button.text)
  const ms = asked === undefined ? null : Math.max(0, timeOf(document) - timeOf(asked))
  return { id, type, role, text, backchannel, contentType, user, buttons, meta, ms, document }
}

const timeOf = (document: MessageDocument): number => Date.parse(textIn(document, 'createdAt') ?? '')

/** A call of the API as tests see it. */
export function callView({ method, path: whole, body, status, response, ms, conversation }: PlatformCall): ApiCall {
  const [path = '', ...search] = whole.split('?')
  const query = Object.fromEntries(new URLSearchParams(search.join('?')))
  return { method, path, query, body, status, response, ms, conversation }
}

/** A delivery as tests see it. */
export function deliveryView({ id, event, payload, state, attempts }: SandboxDelivery): Delivery {
  return {
    id,
    event,
    payload: { ...payload() },
    state,
    attempts: attempts.map((attempt) => ({ body: null, ...attempt })),
  }
}

/** What has happened as tests see it; `null` for what they see by its messages. */
export function noticeView(platform: Platform, notice: PlatformNotice): SandboxNotice | null {
  switch (notice.type) {
    case 'message': {
      const all = platform.messagesOf(notice.message.conversation)
      const [message] = viewsOf([notice.message], all, platform.botId)
      if (message === undefined) throw new DevHookError('unexpected', 'a message was lost')
      return { type: 'message', message }
    }
    case 'call':
      return { type: 'call', call: callView(notice.call) }
    case 'delivery':
      return { type: 'delivery', delivery: deliveryView(notice.delivery) }
    case 'chaos':
      return { type: 'chaos', message: notice.message }
    case 'changed':
      return null
    case 'hint':
      return { type: 'hint', code: ERRORS[notice.kind].code, message: notice.message }
    default:
      return notice satisfies never
  }
}
