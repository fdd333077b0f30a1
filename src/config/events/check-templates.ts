// What is wrong with a file of event templates.
import { isRecord, type Json } from '../../core/json.ts'
import { unknownPlaceholders } from '../../protocol/templates/placeholders.ts'
import {
  ACTORS,
  type Actor,
  EVIDENCE,
  type EventTemplate,
  type EventTemplates,
  type Evidence,
  SPREAD,
} from '../../protocol/templates/template.ts'

/** Where something stands: keys and indexes from the root of the file. */
export type JsonPlace = readonly (string | number)[]

/** What is wrong, and where. */
export interface TemplateProblem {
  readonly at: JsonPlace
  readonly message: string
}

const NAME = /^[a-z][a-z0-9.-]*$/
const SENTENCE = /^[A-Z].*\.$/
const FIELDS: ReadonlySet<string> = new Set(['says', 'evidence', 'events', 'by', 'text', 'begins', 'data'])

/** The shape of a file, without a look at the others. */
export function checkFile(file: unknown): TemplateProblem[] {
  if (!isRecord(file)) return [{ at: [], message: 'it is not an object with `templates`' }]
  return Object.entries(file).flatMap(([key, value]) => {
    if (key === '$schema') return []
    if (key !== 'templates' && key !== 'parts')
      return [{ at: [key], message: `\`${key}\` is not one of templates, parts` }]
    if (!isRecord(value)) return [{ at: [key], message: `\`${key}\` is not an object` }]
    return Object.entries(value).flatMap(([name, entry]) => {
      if (!isRecord(entry)) return [{ at: [key, name], message: `\`${name}\` is not an object` }]
      return key === 'parts' ? [] : checkTemplate(name, entry)
    })
  })
}

function checkTemplate(name: string, template: Json): TemplateProblem[] {
  const at = ['templates', name]
  const { says, evidence, events, by, text, begins, data } = template
  const problem = (key: string, message: string): TemplateProblem => ({
    at: [...at, key],
    message: `${name}: ${message}`,
  })
  const isText = (value: unknown): boolean => value === undefined || (typeof value === 'string' && value !== '')
  return [
    ...(NAME.test(name)
      ? []
      : [{ at, message: `\`${name}\` is not a name: lower-case letters, digits, dots and dashes` }]),
    ...Object.keys(template)
      .filter((key) => !FIELDS.has(key))
      .map((key) => problem(key, `\`${key}\` is not one of ${[...FIELDS].join(', ')}`)),
    ...(typeof says === 'string' && SENTENCE.test(says) ? [] : [problem('says', '`says` is not a sentence')]),
    ...(isEvidence(evidence) ? [] : [problem('evidence', `\`evidence\` is not one of ${EVIDENCE.join(', ')}`)]),
    ...(isActor(by) ? [] : [problem('by', `\`by\` is not one of ${ACTORS.join(', ')}`)]),
    ...(isText(text) ? [] : [problem('text', '`text` is not a text')]),
    ...(isText(begins) ? [] : [problem('begins', '`begins` is not a text')]),
    ...checkEvents(events).map((message) => problem('events', message)),
    ...(isRecord(data) && Object.keys(data).length > 0 && Object.values(data).every(isRecord)
      ? []
      : [problem('data', '`data` is not an object of documents, by their resources')]),
  ]
}

function checkEvents(events: unknown): string[] {
  if (!Array.isArray(events) || events.length === 0) return ['`events` is not a list of events']
  return events
    .filter((event) => typeof event !== 'string' || !EVENT.test(event))
    .map((event) => `${JSON.stringify(event)} is not an event, such as user.login or user.(create|update)`)
}

const WORD = String.raw`(?:[a-z]+|\([a-z]+(?:\|[a-z]+)*\))`
const EVENT = new RegExp(String.raw`^${WORD}(?:\.${WORD})+$`)

const isActor = (value: unknown): value is Actor => ACTORS.some((known) => known === value)
const isEvidence = (value: unknown): value is Evidence => EVIDENCE.some((known) => known === value)

/** `user.(create|update)` → `user.create`, `user.update` */
export function expandEvent(event: string): string[] {
  const words = event.split('.').map((word) => word.replace(/^\(|\)$/g, '').split('|'))
  return words.reduce<string[]>(
    (names, choices) =>
      names.length === 0 ? choices : names.flatMap((name) => choices.map((choice) => `${name}.${choice}`)),
    [],
  )
}

/** A checked entry of a file as a template. */
export function templateOf([name, entry]: readonly [string, Json]): EventTemplate {
  const { says, evidence, events, by, text, begins, data } = entry
  return {
    name,
    says: String(says),
    evidence: isEvidence(evidence) ? evidence : 'inferred',
    events: (Array.isArray(events) ? events : []).map(String).flatMap(expandEvent),
    by: isActor(by) ? by : 'agent',
    text: typeof text === 'string' ? text : null,
    begins: typeof begins === 'string' ? begins : null,
    data: isRecord(data) ? data : {},
  }
}

/** What is wrong with a file among the others: names that are taken, parts and placeholders that do not exist. */
export function checkWhole(
  file: unknown,
  { parts }: EventTemplates,
  isFirst: (kind: 'templates' | 'parts', name: string, file: unknown) => boolean,
): TemplateProblem[] {
  const { templates = {}, parts: own = {} } = isRecord(file) ? file : {}
  const entries = (value: unknown): [string, unknown][] => (isRecord(value) ? Object.entries(value) : [])
  return [
    ...entries(templates).flatMap(([name, template]) => [
      ...(isFirst('templates', name, file) ? [] : [taken(['templates', name], name)]),
      ...checkValue(template, ['templates', name], parts),
    ]),
    ...entries(own).flatMap(([name, part]) => [
      ...(isFirst('parts', name, file) ? [] : [taken(['parts', name], name)]),
      ...checkValue(part, ['parts', name], parts),
      ...(isEndless(name, parts) ? [{ at: ['parts', name], message: `the part \`${name}\` begins with itself` }] : []),
    ]),
  ]
}

const taken = (at: JsonPlace, name: string): TemplateProblem => ({
  at,
  message: `\`${name}\` is the name of another one`,
})

function checkValue(value: unknown, at: JsonPlace, parts: EventTemplates['parts']): TemplateProblem[] {
  if (typeof value === 'string')
    return unknownPlaceholders(value).map((name) => ({ at, message: `{{${name}}} is not a placeholder` }))
  if (Array.isArray(value)) return value.flatMap((item, index) => checkValue(item, [...at, index], parts))
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, entry]) => {
    if (key !== SPREAD) return checkValue(entry, [...at, key], parts)
    const known = typeof entry === 'string' && Object.hasOwn(parts, entry)
    return known ? [] : [{ at: [...at, key], message: `unknown part ${JSON.stringify(entry)}` }]
  })
}

/** Whether filling in a part would never end. */
function isEndless(name: string, parts: EventTemplates['parts'], within: readonly string[] = []): boolean {
  if (within.includes(name)) return true
  return spreadsIn(parts[name]).some((other) => isEndless(other, parts, [...within, name]))
}

function spreadsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(spreadsIn)
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, entry]) => (key === SPREAD ? [String(entry)] : spreadsIn(entry)))
}
