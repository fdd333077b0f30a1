// A client of the inspector's API, for commands that reach a run in another process.
import { type IncomingMessage, request } from 'node:http'
import { DevHookError, ERRORS, type ErrorName, messageOf } from '../core/errors.ts'
import { readUpTo } from '../core/http/read-body.ts'
import { asRecord, type Json } from '../core/json.ts'
import type { Replayed, Replays } from '../core/ports.ts'
import type { InspectorAddress } from './address.ts'

/** The longest answer that is read, in bytes. */
const MAX_BYTES = 1024 * 1024

/** Creates a client that connects with each call. Its calls reject as the run does, or with `runUnreachable`. */
export function createInspectorClient(address: Pick<InspectorAddress, 'port' | 'token'>): Replays {
  return {
    replay: async (id, body, signal) => {
      const request = JSON.stringify({ id, ...(body !== null && { body: body.toString('utf8') }) })
      // Its shape is that of our own server, which is of this version or near it.
      return (await call(address, '/api/replay', request, signal)) as Replayed
    },
  }
}

async function call(
  { port, token }: Pick<InspectorAddress, 'port' | 'token'>,
  path: string,
  body: string,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { status, text } = await exchange(port, path, token, body, signal).catch((cause: unknown) => {
    throw new DevHookError('runUnreachable', `the dev-hook running for this bot does not answer: ${messageOf(cause)}`, {
      cause,
    })
  })
  const answer = parse(text)
  if (status === 200 && answer !== null) return answer
  throw errorIn(answer) ?? new DevHookError('runUnreachable', `the dev-hook that runs for this bot answers ${status}`)
}

/** One request. By `node:http`, which has no limit of its own: a breakpoint in the bot may take any time. */
function exchange(
  port: number,
  path: string,
  token: string,
  body: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: false, signal })
    outgoing.once('error', reject)
    outgoing.once('response', (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject)
    })
    outgoing.end(body)
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  const bytes = await readUpTo(response, MAX_BYTES)
  if (bytes === null) throw new Error('its answer is too long')
  return bytes.toString('utf8')
}

function parse(text: string): Json | null {
  try {
    return asRecord(JSON.parse(text))
  } catch {
    // Something else answers on that port: the caller says so.
    return null
  }
}

/** The error in the answer of a run, as if it had been thrown here; `null` when there is none. */
function errorIn(answer: Json | null): DevHookError | null {
  const { code, message, remedy } = asRecord(answer?.['error']) ?? {}
  const names = Object.keys(ERRORS) as ErrorName[]
  const kind = names.find((name) => ERRORS[name].code === code)
  if (kind === undefined || typeof message !== 'string') return null
  return new DevHookError(kind, message, typeof remedy === 'string' ? { remedy } : {})
}
