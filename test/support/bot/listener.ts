// A bot in the process of a test: a listener that answers the challenge, and each event in the body of its answer.
import type { RequestListener } from 'node:http'

/** What of an event a test bot looks at. */
export interface HeardEvent {
  readonly id: string
  readonly event: string
  readonly data: { readonly message: { readonly text: string; readonly role: string; readonly type: string } }
}

/** What it answers: messages for the platform to post, a status without any, or nothing ever. */
type Answer = readonly Readonly<Record<string, unknown>>[] | number | 'hang'

/** Creates one; `answer` is asked for each event, also those about what the bot itself has said. */
export function botListener(answer: (event: HeardEvent) => Answer): RequestListener {
  return (request, response) => {
    const challenge = new URL(request.url ?? '/', 'http://localhost').searchParams.get('challenge')
    if (challenge !== null) {
      response.end(challenge)
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const given = answer(JSON.parse(Buffer.concat(chunks).toString()))
      if (given === 'hang') return
      response.writeHead(typeof given === 'number' ? given : 200, { 'content-type': 'application/json' })
      response.end(typeof given === 'number' ? '' : JSON.stringify({ messages: given }))
    })
  }
}

/** One that says to contacts what a function makes of their words; `null`: nothing. */
export const talkingBot = (say: (text: string) => string | null): RequestListener =>
  botListener(({ data: { message } }) => {
    const said = message.role === 'contact' && message.type !== 'command' ? say(message.text) : null
    return said === null ? [] : [{ text: said, role: 'agent' }]
  })
