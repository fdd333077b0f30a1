// Events that are made in a run because a person asked: the operations about them, and the last one again.
import { createEvent, type EventRequest } from '../../config/events/create-event.ts'
import { readOwnBody } from '../../config/events/own-body.ts'
import { readTemplates } from '../../config/events/read-templates.ts'
import { isSuccess } from '../../core/delivery.ts'
import { asDevHookError } from '../../core/errors.ts'
import { errorNotice, type Notice } from '../../core/notices.ts'
import type { Injected } from '../../core/ports.ts'
import type { Handlers, InputOf, OutputOf } from '../../inspector/operations/table.ts'
import { readToken } from '../../platform/api/token.ts'
import { isSubscribed } from '../../protocol/events.ts'
import { identify } from '../../protocol/payload.ts'
import type { TemplateContext } from '../../protocol/templates/template.ts'
import { createEventContext } from '../offline/event-context.ts'
import { recordedConversation } from '../offline/recorded-conversation.ts'
import { redactLabel } from '../record/delivery-json.ts'
import { eventsOf } from '../registration-notices.ts'
import type { Run } from '../run.ts'

/** The bot of a run, and where its record is. */
export interface BotOfRun {
  readonly folder: string
  readonly botId: string
  readonly token: () => string
}

/** The organization of a token; `null` where there is no token, as at a relay. */
const organizationIn = (token: string): string | null => (token === '' ? null : readToken(token).organization)

export interface Triggering {
  readonly handlers: Handlers<'trigger' | 'templates'>
  /** Makes the last event once more, with ids of its own. False where none has been made yet. */
  again(): boolean
}

/** Creates it. Templates are read when they are asked for: whoever changes one need not restart anything. */
export function createTriggering(
  { options, control, emit, parts }: Pick<Run, 'options' | 'control' | 'emit' | 'parts'>,
  { folder, botId, token }: BotOfRun,
): Triggering {
  const { config, sandbox, notices, redactor } = options
  const { apiHost } = config
  // People and conversation are the same in every event of a run.
  let madeUp: ReturnType<typeof createEventContext> | null = null
  let last: InputOf<'trigger'> | null = null

  async function contextFor(given: string | null): Promise<TemplateContext> {
    if (given !== null && sandbox?.hasConversation(given) === true) return sandbox.eventContext(given)
    const conversation = given === null ? null : await recordedConversation(folder, given)
    madeUp ??= createEventContext({ apiHost, botId, organization: organizationIn(token()) })
    return sandbox?.eventContext(conversation === null ? null : String(conversation['id'])) ?? madeUp(conversation)
  }

  /** What to know of an event that the platform would not bring to this webhook. */
  function unsubscribed(event: string | null): string[] {
    const { registration } = parts
    if (registration === null || event === null) return []
    const patterns = eventsOf({ registration, wanted: config.events })
    if (isSubscribed(patterns, event)) return []
    return [`the webhook does not subscribe to ${event}, so the platform would not bring it (--events)`]
  }

  async function trigger(input: InputOf<'trigger'>): Promise<OutputOf<'trigger'>> {
    const templates = await readTemplates()
    const { payload, notes } = createEvent(templates, requestOf(input), await contextFor(input.conversation))
    const body = Buffer.from(isAsItIs(input) ? input.body : JSON.stringify(payload))
    last = input
    const heard: Notice[] = []
    const off = notices.on((notice) => void heard.push(notice))
    try {
      const injected = await control.inject(body)
      const { label } = identify({ id: '', receivedAt: 0, method: 'POST', search: '', headers: [], body }, botId)
      const { event, conversation, text, from, own } = redactLabel(label, redactor.redact)
      const author = { ...(from !== undefined && { from }), ...(own !== undefined && { own }) }
      return {
        id: injected.id,
        event,
        conversation,
        text,
        ...author,
        ...endOf(injected, heard),
        notes: [...notes, ...unsubscribed(event)],
      }
    } finally {
      off()
    }
  }

  return {
    handlers: { trigger, templates: async () => ({ templates: (await readTemplates()).templates }) },
    again: () => {
      if (last === null) return false
      // The same id would only be a repetition of what the bot has had.
      trigger({ ...last, deliveryId: null }).catch((error: unknown) => emit(errorNotice(asDevHookError(error))))
      return true
    },
  }
}

/** Whether a body is delivered byte for byte. */
const isAsItIs = (input: InputOf<'trigger'>): input is InputOf<'trigger'> & { readonly body: string } =>
  input.body !== null && input.deliveryId === 'own' && input.text === null && (input.set ?? []).length === 0

const requestOf = ({ event, text, set, deliveryId, body }: InputOf<'trigger'>): EventRequest => ({
  event,
  text,
  set: set ?? [],
  deliveryId,
  body: body === null ? null : readOwnBody(Buffer.from(body), '`body`'),
})

type End = Pick<OutputOf<'trigger'>, 'outcome' | 'status' | 'ms' | 'reason'>

/** What became of it, by what the platform would have been answered, and what was announced meanwhile. */
function endOf({ id, status, ms }: Injected, heard: readonly Notice[]): End {
  const none = { status: null, ms }
  const own = heard.filter((notice) => 'id' in notice && notice.id === id)
  const attempt = own.findLast((notice) => notice.type === 'attempt')
  if (attempt?.outcome === 'answered')
    return { outcome: 'answered', status: attempt.status, ms: attempt.ms, reason: null }
  const first = own.find((notice) => notice.type === 'delivery')?.redelivery
  if (first !== undefined)
    return {
      ...none,
      outcome: 'redelivery',
      reason: `the same as ${first}, which the platform does not bring the bot twice`,
    }
  if (isSuccess(status) && attempt?.outcome !== 'interrupted')
    return { ...none, outcome: 'acknowledged', reason: 'the bot is not ready, and gets it as soon as it is' }
  const rejected = own.find((notice) => notice.type === 'rejected')
  if (rejected !== undefined) return { ...none, outcome: 'rejected', reason: rejected.reason }
  const outcome = attempt?.outcome === undefined || attempt.outcome === 'refused' ? 'rejected' : attempt.outcome
  return { ...none, outcome, reason: `the platform would be answered ${status}` }
}
