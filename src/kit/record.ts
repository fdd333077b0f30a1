// What has happened in a sandbox, as a fixture.
import { isBy } from '../sandbox/chat/people.ts'
import type { Sandbox as Platform } from '../sandbox/sandbox.ts'
import type { Fixture } from './types/types.ts'

/** What was delivered so far and what the bot said to each, as a fixture. */
export function recordOf(platform: Platform): Fixture {
  const isBots = (message: Parameters<typeof isBy>[0]): boolean => isBy(message, platform.botId)
  const steps = platform.deliveries.flatMap(({ event, payload, message, conversation }) => {
    const body = payload()
    if (body === null) return []
    if (message === null || conversation === null) return [{ event, payload: { ...body } }]
    const all = platform.messagesOf(conversation)
    const at = all.findIndex(({ id }) => id === message)
    const said = all[at]
    // What the bot itself has said is told to it, too: that is what came before.
    if (said === undefined || isBots(said)) return []
    const next = all.findIndex((other, i) => i > at && !isBots(other))
    return [{ event, payload: { ...body }, replies: all.slice(at + 1, next === -1 ? undefined : next) }]
  })
  return { version: 1, steps }
}
