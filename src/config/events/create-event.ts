// The event that somebody asks for: an example of a template, or their own body, with values set in it.
import { createHash, randomUUID } from 'node:crypto'
import { DevHookError } from '../../core/errors.ts'
import { type Json, omit, textIn, valueIn } from '../../core/json.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import { ID_DIGITS, newId } from '../../protocol/ids.ts'
import { exampleOf, type Occurrence } from '../../protocol/templates/example.ts'
import { parseAssignment, setValue } from '../../protocol/templates/set-value.ts'
import type { EventTemplates, TemplateContext } from '../../protocol/templates/template.ts'
import { findTemplate } from './find-template.ts'

/** What somebody asks for; `null` for what they leave open. */
export interface EventRequest {
  /** The name of a template, or of an event. */
  readonly event: string | null
  /** What the message says, in place of what the template says. */
  readonly text: string | null
  /** `path=value`, in order. */
  readonly set: readonly string[]
  /** The platform's id of the delivery; `none` leaves it out, `own` keeps that of one's own body. Without it: a new one each time. */
  readonly deliveryId: string | null
  /** An event of their own, which has been checked, in place of a template. */
  readonly body: Json | null
}

/** An event as it is sent. */
export interface CreatedEvent {
  readonly payload: Json
  /** What somebody should know about the values that they have set. */
  readonly notes: readonly string[]
}

/** Creates an event, with ids that are new each time. Throws `usage` for what cannot be made of the request. */
export function createEvent(templates: EventTemplates, request: EventRequest, context: TemplateContext): CreatedEvent {
  const { deliveryId, set } = request
  let payload = withId(began(templates, request, context), request)
  const notes: string[] = []
  for (const given of set) {
    const assignment = parseAssignment(given)
    if (assignment === null) throw notAssignment(given)
    const result = setValue(payload, assignment)
    if ('problem' in result) throw unsettable(given, result.problem, result.exists)
    payload = result.value
    notes.push(...result.notes)
  }
  return { payload: deliveryId === 'none' ? omit(payload, 'id') : payload, notes }
}

function began(
  templates: EventTemplates,
  { event, text, body, deliveryId }: EventRequest,
  context: TemplateContext,
): Json {
  if (body !== null) return text === null ? body : withText(body, text)
  if (event === null) throw new DevHookError('usage', 'no event is named', { remedy: REMEDY })
  const type = textIn(context.documents?.['conversation'], 'type')
  const { template, event: name } = findTemplate(templates.templates, event, text, type)
  if (text !== null && template.text === null)
    throw new DevHookError('usage', `${name} has no text: nobody says anything in it`, {
      remedy: 'leave the text out, and set what it holds with `--set path=value`',
    })
  return { ...exampleOf(templates, template, name, context, occurrenceOf(deliveryId), text) }
}

const REMEDY = 'see `dev-hook trigger --list` for what there is'

function withText(body: Json, text: string): Json {
  const result = setValue(body, { path: ['data', 'message', 'text'], value: text })
  if ('value' in result && valueIn(valueIn(body, 'data'), 'message') !== undefined) return result.value
  throw new DevHookError('usage', 'the body has no message that could say the text', { remedy: 'leave the text out' })
}

/** The ids of one event. Of one id of a delivery always the same: the platform sends the same message again, too. */
function occurrenceOf(deliveryId: string | null): Occurrence {
  if (deliveryId === null || deliveryId === 'none' || deliveryId === 'own')
    return { id: randomUUID(), message: newId(), other: newId() }
  const hash = createHash('sha256').update(deliveryId).digest('hex')
  return { id: deliveryId, message: hash.slice(0, ID_DIGITS), other: hash.slice(ID_DIGITS, 2 * ID_DIGITS) }
}

/** One's own body is an event of today, and no repetition of one that came before. */
function withId(payload: Json, { body, deliveryId }: EventRequest): Json {
  if (body === null || deliveryId === 'own') return payload
  return { ...payload, id: deliveryId === null || deliveryId === 'none' ? randomUUID() : deliveryId }
}

const notAssignment = (given: string): DevHookError =>
  new DevHookError('usage', `\`${sanitize(given, 100)}\` (from --set) is not path=value`, {
    remedy:
      'give a path with dots, such as `--set data.message.text=hi` or `--set data.message.actions[0].payload=YES`',
  })

/** More names than these nobody reads. */
const MAX_NAMED = 40

function unsettable(given: string, problem: string, exists: readonly string[]): DevHookError {
  const named = exists.slice(0, MAX_NAMED).map((name) => sanitize(name, 80))
  const more = exists.length > named.length ? [`and ${exists.length - named.length} more`] : []
  const there = exists.length === 0 ? 'nothing' : [...named, ...more].join(', ')
  return new DevHookError(
    'usage',
    [`\`${sanitize(given, 100)}\` (from --set) cannot be set: ${sanitize(problem)}`, `  there is: ${there}`],
    { remedy: 'correct the path; an object or a list can be set whole, as JSON' },
  )
}
