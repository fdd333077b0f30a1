// Example events of the package's own templates, with people who are the same in every test.
import { findTemplate } from '../../src/config/events/find-template.ts'
import { readTemplates } from '../../src/config/events/read-templates.ts'
import type { Payload } from '../../src/protocol/envelope.ts'
import { exampleOf, type Occurrence } from '../../src/protocol/templates/example.ts'
import type { TemplateContext } from '../../src/protocol/templates/template.ts'

export const CONTEXT: TemplateContext = {
  api: 'https://api.example.com',
  time: new Date('2018-12-19T19:09:01Z'),
  organization: { id: '5c138790ec944f05ff5f6d77', name: 'Example' },
  bot: { id: 'b'.repeat(24), name: 'Echo' },
  agent: { id: 'a'.repeat(24), name: 'Alex Agent' },
  admin: { id: 'f'.repeat(24), name: 'Sam Admin' },
  contact: { id: 'c'.repeat(24), name: 'Jenny Jones' },
  conversation: 'd'.repeat(24),
}

export const OCCURRENCE: Occurrence = {
  id: '774ae370-02cc-11e7-ac41-c38ce8763025',
  message: 'e'.repeat(24),
  other: '9'.repeat(24),
}

/** An example by the name of its template or event. */
export async function createExample(
  name: string,
  { context = CONTEXT, text = null }: { readonly context?: TemplateContext; readonly text?: string | null } = {},
): Promise<Payload> {
  const all = await readTemplates()
  const { template, event } = findTemplate(all.templates, name, text)
  return exampleOf(all, template, event, context, OCCURRENCE, text)
}
