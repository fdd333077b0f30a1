// Deliveries as the platform sends them: about 2.3 KB, signed, each with an id of its own.
import { createHmac, randomBytes } from 'node:crypto'
import { findTemplate } from '../../dist/config/events/find-template.js'
import { readTemplates } from '../../dist/config/events/read-templates.js'
import { exampleOf } from '../../dist/protocol/templates/example.js'

export const SECRET = 'the secret of the benchmark'

// Ids are put in place in the finished text: building it anew would cost more than it takes to forward it.
const ID = '00000000-0000-4000-8000-000000000000'
const LANE = '0000000000000000000000aa'
const [before = '', rest = ''] = template(await readTemplates()).split(ID)
const [between = '', ...after] = rest.split(LANE)
const end = after.join(LANE)
const run = randomBytes(4).toString('hex')
let number = 0

/** The next delivery of a lane (a conversation), as bytes and signature. */
export function nextPayload(lane) {
  const id = `${run}-0000-4000-8000-${String(number++).padStart(12, '0')}`
  const body = Buffer.from(before + id + between + String(lane).padStart(24, '0') + end, 'latin1')
  return { body, signature: `sha1=${createHmac('sha1', SECRET).update(body).digest('hex')}` }
}

function template(templates) {
  const id = () => randomBytes(12).toString('hex')
  const context = {
    time: new Date(),
    api: 'https://api.web1on1.chat',
    organization: { id: id(), name: 'Organization' },
    bot: { id: id(), name: 'Bot' },
    agent: { id: id(), name: 'Agent' },
    admin: { id: id(), name: 'Admin' },
    contact: { id: id(), name: 'Jenny Jones' },
    conversation: LANE,
  }
  const text = 'What are your opening hours on Saturday?'
  const { template, event } = findTemplate(templates.templates, 'message.create.contact.chat', text)
  return JSON.stringify(exampleOf(templates, template, event, context, { id: ID, message: id(), other: id() }, text))
}
