// The platform as a sender of many deliveries: at a rate, in order within each conversation, each again until it is received.
import { randomUUID } from 'node:crypto'
import { request } from 'undici'
import { signatureHeaders } from '../../../src/protocol/signature.ts'

export interface Planned {
  readonly conversation: string
  readonly text: string
}

export interface SendOptions {
  /** Where the webhook points now, with its credentials; `null` while it points to nobody who is here. */
  readonly url: () => string | null
  readonly secret: string
  readonly perSecond: number
}

/** A delivery that was received, and when it was first sent and then received, in ms of the monotonic clock. */
export interface Received extends Planned {
  readonly id: string
  readonly sentAt: number
  readonly receivedAt: number
  readonly status: number
}

const AGAIN_MS = 100
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Sends all of them; resolves once each has been received. */
export async function sendAll(planned: readonly Planned[], options: SendOptions): Promise<readonly Received[]> {
  const began = performance.now()
  const tails = new Map<string, Promise<Received>>()
  const all = planned.map((each, i) => {
    const due = began + (i * 1_000) / options.perSecond
    const before = tails.get(each.conversation)
    const sending = (async () => {
      await pause(Math.max(0, due - performance.now()))
      await before
      return send(each, options)
    })()
    tails.set(each.conversation, sending)
    return sending
  })
  return Promise.all(all)
}

async function send({ conversation, text }: Planned, { url, secret }: SendOptions): Promise<Received> {
  const id = randomUUID()
  const message = { id, text, role: 'contact', conversation }
  const data = { message, conversation: { id: conversation } }
  const body = Buffer.from(JSON.stringify({ id, event: 'message.create.contact.chat', data }))
  const headers = { 'content-type': 'application/json', ...signatureHeaders(body, secret) }
  const sentAt = performance.now()
  for (;;) {
    const status = await attempt(url(), body, headers)
    if (status >= 200 && status < 300) return { conversation, text, id, sentAt, receivedAt: performance.now(), status }
    await pause(AGAIN_MS)
  }
}

/** The status of the answer; 0 where there is none. */
async function attempt(to: string | null, body: Buffer, headers: Readonly<Record<string, string>>): Promise<number> {
  if (to === null) return 0
  const { origin, pathname, username, password } = new URL(to)
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  try {
    const response = await request(origin + pathname, { method: 'POST', body, headers: { ...headers, authorization } })
    await response.body.dump()
    return response.statusCode
  } catch {
    return 0
  }
}
