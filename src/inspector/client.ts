// A client of the inspector's API, for commands that reach a run in another process.
import { type IncomingMessage, request } from 'node:http'
import { DevHookError, ERRORS, type ErrorName, messageOf } from '../core/errors.ts'
import { readUpTo } from '../core/http/read-body.ts'
import { asRecord, type Json } from '../core/json.ts'
import { MAX_BODY_BYTES } from '../core/limits.ts'
import type { InspectorAddress } from './address.ts'
import { pathOf } from './operations/locations.ts'
import { methodOf } from './operations/paths.ts'
import { Mismatch } from './operations/shape.ts'
import { type GivenTo, OPERATIONS, type OperationName, type OutputOf } from './operations/table.ts'

/** The longest answer that is read, in bytes: a delivery with its attempts, of which JSON may escape each byte. */
const MAX_BYTES = 8 * MAX_BODY_BYTES

type Address = Pick<InspectorAddress, 'port' | 'token'>

export interface InspectorClient {
  /**
   * Asks for an operation, and resolves with what it gives. Rejects as the run does, or with `runUnreachable`. Aborting the signal
   * tells the run that nobody waits any longer.
   */
  call<N extends OperationName>(name: N, given: GivenTo<N>, signal?: AbortSignal): Promise<OutputOf<N>>
}

/** Creates a client that connects with each call. */
export function createInspectorClient(address: Address): InspectorClient {
  return {
    call: async (name, given, signal) => {
      const { status, text } = await exchange(address, requestOf(name, given), signal).catch((cause: unknown) => {
        throw unreachable(`the dev-hook that is running does not answer: ${messageOf(cause)}`, cause)
      })
      const answer = parse(text)
      if (status !== 200 || answer === null)
        throw errorIn(answer) ?? unreachable(`the dev-hook that is running answers ${status}`)
      return readOutput(name, answer)
    },
  }
}

const unreachable = (message: string, cause?: unknown): DevHookError =>
  new DevHookError('runUnreachable', message, { cause })

function readOutput<N extends OperationName>(name: N, answer: Json): OutputOf<N> {
  try {
    // The row of the table says what this operation gives.
    return OPERATIONS[name].output.read(answer, name) as OutputOf<N>
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error
    throw unreachable(`the dev-hook that is running is of another version: ${error.message}`, error)
  }
}

interface Asked {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body: string
}

function requestOf(name: OperationName, given: Json): Asked {
  const method = methodOf(name)
  if (method === 'POST') return { method, path: pathOf(name), body: JSON.stringify(given) }
  const fields = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]): [string, string] => [key, String(value)])
  return { method, path: `${pathOf(name)}?${new URLSearchParams(fields).toString()}`, body: '' }
}

/** One request. By `node:http`, which has no limit of its own: a breakpoint in the bot may take any time. */
function exchange(
  { port, token }: Address,
  { method, path, body }: Asked,
  signal: AbortSignal | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  const type = body === '' ? {} : { 'content-type': 'application/json' }
  const headers = { authorization: `Bearer ${token}`, ...type }
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers, agent: false, signal })
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
  // Its lines come joined.
  return new DevHookError(kind, message.split('\n'), typeof remedy === 'string' ? { remedy } : {})
}
