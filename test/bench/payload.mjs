// Deliveries as the platform sends them: about 1.7 KB, signed, each with an id of its own.
import { createHmac, randomBytes } from 'node:crypto'
import { exampleOf } from '../../dist/protocol/templates.js'

export const SECRET = 'the secret of the benchmark'

// Ids are put in place in the finished text: building it anew would cost more than it takes to forward it.
const ID = '00000000-0000-4000-8000-000000000000'
const LANE = '0000000000000000000000aa'
const [before = '', rest = ''] = template().split(ID)
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

function template() {
  const id = () => randomBytes(12).toString('hex')
  const context = {
    id: ID,
    time: new Date(),
    api: 'https://api.web1on1.chat',
    organization: id(),
    bot: { id: id(), name: 'Bot' },
    agent: { id: id(), name: 'Agent' },
    contact: { id: id(), name: 'Jenny Jones' },
    conversation: LANE,
    message: id(),
  }
  return JSON.stringify(exampleOf('message.create.contact.chat', context, 'What are your opening hours on Saturday?'))
}
