// Events that a test makes happen by themselves, from the examples of the package.
import { randomUUID } from 'node:crypto'
import { readTemplates } from '../config/events/read-templates.ts'
import { waitUntil, withDeadline } from '../core/async.ts'
import { DevHookError } from '../core/errors.ts'
import { isRecord, type Json } from '../core/json.ts'
import type { Payload } from '../protocol/envelope.ts'
import { newId } from '../protocol/ids.ts'
import { exampleOf } from '../protocol/templates/example.ts'
import type { SandboxDelivery } from '../sandbox/webhooks/deliver.ts'
import type { Kit } from './kit.ts'
import type { Fields } from './types/types.ts'

/** Makes an event happen, and resolves when every webhook has answered it, or has failed to. Throws `usage` for an unknown one. */
export async function emitEvent(kit: Kit, event: string, fields: Fields): Promise<readonly SandboxDelivery[]> {
  const { platform, patienceMs } = kit
  const templates = await readTemplates()
  const template = templates.templates.find(({ events }) => events.includes(event))
  if (template === undefined) {
    throw new DevHookError('usage', `unknown event ${JSON.stringify(event)}`, {
      remedy: 'name a documented one, such as `message.create.contact.chat` or `conversation.update`',
    })
  }
  const occurrence = { id: randomUUID(), message: newId(), other: newId() }
  const payload = exampleOf(templates, template, event, platform.templateContext(), occurrence)
  const deliveries = platform.emit(withFields(payload, fields))
  const isAnswered = (): true | null =>
    deliveries.every(({ attempts, state }) => attempts.length > 0 || state === 'dropped') ? true : null
  const deadline = { ms: patienceMs, reason: `the bot has not answered ${event}` }
  await withDeadline([], deadline, (signal) => waitUntil(isAnswered, platform.on, signal)).catch((cause: unknown) => {
    throw new DevHookError('notSettled', `the bot has not answered ${event} in time`, { cause })
  })
  return deliveries
}

/** The payload with fields merged in, objects into objects. */
const withFields = (payload: Payload, fields: Fields): Payload => ({ ...payload, ...merged({ ...payload }, fields) })

function merged(into: Json, fields: Json): Json {
  const entries = Object.entries(fields).map(([key, value]) => {
    const before = into[key]
    return [key, isRecord(value) && isRecord(before) ? merged(before, value) : value] as const
  })
  return { ...into, ...Object.fromEntries(entries) }
}
