// Event names and the patterns that a registration subscribes with.
// Source: developers.web1on1.chat/webhooks/{events,subscribing}.

/** What a bot that is registered nowhere subscribes to. */
export const DEFAULT_EVENTS: readonly string[] = ['message.create.*']

export const CONVERSATION_TYPES = ['contact', 'bot', 'agent', 'system'] as const
export const MESSAGE_TYPES = [
  'chat',
  'card',
  'postback',
  'mention',
  'tag',
  'search',
  'command',
  'form',
  'field',
  'results',
  'report',
  'status',
] as const

const WORD = /^[a-z][a-z0-9_-]*$/i

/** Whether a text is the name or pattern of an event: words between dots, `*` for a whole word. */
export function isEventPattern(pattern: string): boolean {
  return pattern.split('.').every((word) => word === '*' || WORD.test(word))
}

/** Whether a pattern covers an event. An inner `*` is exactly one word, a trailing one is one or more. */
export function matchesEvent(pattern: string, event: string): boolean {
  const wanted = pattern.split('.')
  const words = event.split('.')
  const open = wanted.at(-1) === '*'
  if (open ? words.length < wanted.length : words.length !== wanted.length) return false
  return wanted.every((word, i) => word === '*' || word === words[i])
}

/** Whether a subscription covers an event. No patterns at all means everything. */
export function isSubscribed(patterns: readonly string[] | null, event: string): boolean {
  return patterns === null || patterns.some((pattern) => matchesEvent(pattern, event))
}
