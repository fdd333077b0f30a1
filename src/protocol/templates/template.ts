// What an event template is: the documents of an example event, as data with placeholders.
import type { Json } from '../../core/json.ts'
import type { Named } from '../envelope.ts'

/** Who may do what a template tells of. */
export const ACTORS = ['contact', 'agent', 'admin', 'bot'] as const
export type Actor = (typeof ACTORS)[number]

/** How the name of an event is known: from the platform's documentation, from its SDK, or by inference. */
export const EVIDENCE = ['documented', 'sdk', 'inferred'] as const
export type Evidence = (typeof EVIDENCE)[number]

/** An example of some events. */
export interface EventTemplate {
  /** Unique; what people call it. */
  readonly name: string
  /** One sentence. */
  readonly says: string
  readonly evidence: Evidence
  /** The events that it can be an example of, the usual one first. */
  readonly events: readonly string[]
  readonly by: Actor
  /** What its message says unless another text is given; `null` where there is no message. */
  readonly text: string | null
  /** The template is meant where a text of one of its events begins so. */
  readonly begins: string | null
  /** Its documents by the singular of their resource; texts in it hold placeholders, and `"..."` names a part to begin with. */
  readonly data: Json
}

/** All that templates are made from. */
export interface EventTemplates {
  readonly templates: readonly EventTemplate[]
  /** Documents that templates begin with, by their names. */
  readonly parts: Readonly<Record<string, Json>>
}

/** The field of an object in a template that names the part which the object begins with. */
export const SPREAD = '...'

/** Everybody and everything that an example event needs; ids are 24 hex digits. */
export interface TemplateContext {
  /** `https://api.web1on1.chat`, without a trailing slash. */
  readonly api: string
  readonly time: Date
  readonly organization: Named
  readonly bot: Named
  readonly agent: Named
  readonly admin: Named
  readonly contact: Named
  /** The id of the conversation. */
  readonly conversation: string
  /** Real documents in place of parts, by their names: what they say goes before what the part says. */
  readonly documents?: Readonly<Record<string, Json>>
}
