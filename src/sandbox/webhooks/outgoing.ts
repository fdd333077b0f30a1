// The platform's own HTTP calls to webhooks.

import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { Agent, request } from 'undici'
import { codeOf, messageOf } from '../../core/errors.ts'

import { answerOfProduction } from './production-receiver.ts'

/** A complete answer. `body` is `null` when it is longer than anything the platform reads. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string | null
}

export interface Outgoing {
  /** One call; rejects with a sentence when no complete answer came in time. Redirects are answers like any other. */
  call(method: 'GET' | 'POST', url: string, headers: Readonly<Record<string, string>>, body?: Buffer): Promise<Answer>
  /** Cuts what is under way. Idempotent. */
  close(): Promise<void>
}

const MOST_BYTES = 1024 * 1024

/** Opens the way out. `timeoutMs` bounds a whole call; `ca` (PEM) is trusted besides the usual authorities. */
export function openOutgoing(options: { readonly timeoutMs: number; readonly ca: string | null }): Outgoing {
  const { timeoutMs, ca } = options
  const agent = new Agent(ca === null ? {} : { connect: { secureContext: trusting(ca) } })
  const underWay = new Set<AbortController>()

  async function call(...[method, address, headers, body]: Parameters<Outgoing['call']>): Promise<Answer> {
    if (!URL.canParse(address)) throw new Error('it is no URL')
    const url = new URL(address)
    const production = answerOfProduction(method, url)
    if (production !== null) return { ...production, type: 'text/plain' }

    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    underWay.add(controller)
    try {
      const response = await request(`${url.origin}${url.pathname}${url.search}`, {
        method,
        dispatcher: agent,
        signal: controller.signal,
        headers: { 'User-Agent': 'Web1on1', ...credentialsOf(url), ...headers },
        ...(body === undefined ? {} : { body }),
      })
      const type = response.headers['content-type']
      return { status: response.statusCode, type: String(type ?? ''), body: await textOf(response.body) }
    } catch (error) {
      throw controller.signal.aborted ? controller.signal.reason : new Error(reasonOf(error), { cause: error })
    } finally {
      clearTimeout(timer)
      underWay.delete(controller)
    }
  }

  return {
    call,
    close: async () => {
      for (const controller of underWay) controller.abort(new Error('the sandbox was closed'))
      await agent.destroy()
    },
  }
}

// Once for all connections: given `ca`, each one parses all the authorities anew, which takes longer than the call itself.
const trusting = (ca: string): SecureContext => createSecureContext({ ca: [...rootCertificates, ca] })

// undici does not turn the credentials of a URL into a header, and they do not belong into a request line.
function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const pair = `${decoded(username)}:${decoded(password)}`
  return { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // A stray percent sign: it stands for itself.
    return part
  }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > MOST_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

// Connecting to a name with several addresses fails with one error per address and an empty message.
function reasonOf(error: unknown): string {
  const code = codeOf(error)
  const message = messageOf(error)
  return code === undefined || message.includes(code) ? message : `${code} ${message}`.trim()
}
