// Which template somebody means: by its name, or by an event and the text that is given with it.
import { closestMatch } from 'leven'
import { DevHookError } from '../../core/errors.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import type { EventTemplate } from '../../protocol/templates/template.ts'

/** A template, and which of its events is meant. */
export interface FoundTemplate {
  readonly template: EventTemplate
  readonly event: string
}

/** Everything that `findTemplate` takes, templates first. */
export const namesOf = (templates: readonly EventTemplate[]): readonly string[] => [
  ...new Set([...templates.map(({ name }) => name), ...templates.flatMap(({ events }) => events)]),
]

/**
 * Finds a template by its name or by one of its events; of several for an event, the one whose text begins as the given one does,
 * else the first. A template by its name is of the conversation's type, where that is given. Throws `usage` with the nearest name,
 * or with those that a pattern could mean.
 */
export function findTemplate(
  templates: readonly EventTemplate[],
  given: string,
  text: string | null,
  conversationType: string | null = null,
): FoundTemplate {
  const of = templates.filter(({ events }) => events.includes(given))
  const meant = of.find(({ begins }) => begins !== null && text?.startsWith(begins)) ?? of[0]
  if (meant !== undefined) return { template: meant, event: given }
  const named = templates.find(({ name }) => name === given)
  if (named !== undefined) return { template: named, event: usualEvent(named, conversationType) }
  throw unknownEvent(templates, given)
}

function usualEvent({ events }: EventTemplate, conversationType: string | null): string {
  const ofType = events.find((event) => event.split('.')[2] === conversationType)
  return (conversationType === null ? undefined : ofType) ?? events[0] ?? ''
}

/** How many names an error lists. */
const MAX_LISTED = 120

function unknownEvent(templates: readonly EventTemplate[], given: string): DevHookError {
  const shown = sanitize(given, 100)
  const names = namesOf(templates)
  const remedy = 'see `dev-hook trigger --list` for all of them'
  if (given.includes('*')) {
    const covered = names.filter((name) => name.includes('.') && covers(given, name))
    const list = listed(covered.length === 0 ? templates.map(({ name }) => name) : covered)
    return new DevHookError('usage', [`\`${shown}\` is a pattern, and one event is triggered; name one of:`, ...list], {
      remedy,
    })
  }
  const nearest = closestMatch(given.slice(0, 200), [...names], {
    maxDistance: Math.min(4, Math.ceil(given.length / 3)),
  })
  const hint = nearest === undefined ? '' : `; did you mean \`${nearest}\`?`
  const list = listed(templates.map(({ name }) => name))
  return new DevHookError('usage', [`no event and no template is called \`${shown}\`${hint}`, 'there are:', ...list], {
    remedy,
  })
}

/** Names in rows, as many as somebody reads. */
function listed(names: readonly string[]): string[] {
  const shown = names.slice(0, MAX_LISTED)
  const more = names.length > shown.length ? [`  … and ${names.length - shown.length} more`] : []
  const rows: string[] = []
  for (const name of shown) {
    const last = rows.at(-1)
    if (last === undefined || last.length + name.length > 90) rows.push(`  ${name}`)
    else rows[rows.length - 1] = `${last}, ${name}`
  }
  return [...rows, ...more]
}

/** A pattern as it is meant, however many words a star stands for. */
function covers(pattern: string, name: string): boolean {
  const words = name.split('.')
  return pattern
    .split('.')
    .filter((word) => !word.includes('*') && word !== '')
    .every((word) => words.includes(word))
}
