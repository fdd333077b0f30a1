// Deliveries as the platform sends them: 2.3 KB or more, signed, each with an id of its own.
import { createHmac, randomBytes } from 'node:crypto'
import { findTemplate } from '../../src/config/events/find-template.ts'
import { readTemplates } from '../../src/config/events/read-templates.ts'
import { exampleOf } from '../../src/protocol/templates/example.ts'
import { SECRET } from './secret.mjs'

// Ids are put in place in the finished text: building it anew would cost more than it takes to forward it.
const ID = '00000000-0000-4000-8000-000000000000'
const LANE = '0000000000000000000000aa'
const [before = '', rest = ''] = template(await readTemplates()).split(ID)
const [between = '', ...after] = rest.split(LANE)
const end = after.join(LANE)
const FILLER = '"meta":{'
const ends = new Map()
const run = randomBytes(4).toString('hex')
let number = 0

/** The next delivery of a lane (a conversation), as bytes and signature; about `bytes` long, and no longer, unless it says more. */
export function nextPayload(lane, bytes = 0) {
  const id = `${run}-0000-4000-8000-${String(number++).padStart(12, '0')}`
  const body = Buffer.from(before + id + between + String(lane).padStart(24, '0') + endOf(bytes), 'latin1')
  return { body, signature: `sha1=${createHmac('sha1', SECRET).update(body).digest('hex')}` }
}

/** The end of a delivery of so many bytes: what is added stands in the data that an integration has kept with the message. */
function endOf(bytes) {
  const known = ends.get(bytes)
  if (known !== undefined) return known
  const missing = bytes - (before.length + ID.length + between.length + LANE.length + end.length)
  const at = end.lastIndexOf(FILLER) + FILLER.length
  const filled =
    missing < 20 ? end : `${end.slice(0, at)}"notes":"${'word '.repeat((missing - 10) / 5)}"${end.slice(at)}`
  ends.set(bytes, filled)
  return filled
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
